/** Numbers in rows of the same length, row after row: a square matrix, or one row of shares. */
export type Rows = Float64Array;

/**
 * The powers of a square matrix, without one multiplication per step: squares of squares are kept
 * and multiplied.
 */
export class Powers {
  readonly #size: number;
  /** At place i the matrix to the power of 2^i. */
  readonly #squares: Rows[];

  constructor(matrix: Rows, size: number) {
    this.#size = size;
    this.#squares = [matrix];
  }

  /** `rows` times the matrix to the power of `exponent`, a whole number below 2^31. */
  times(rows: Rows, exponent: number): Rows {
    let result = rows;
    for (let i = 0; exponent >> i > 0; i += 1) {
      if ((exponent >> i) & 1) result = product(result, this.#square(i), this.#size);
    }
    return result;
  }

  /** The sum of `rows` times the matrix to the powers of 1, 2, … `exponent`. */
  sumTimes(rows: Rows, exponent: number): Rows {
    let sum: Rows = new Float64Array(rows.length);
    let next = this.times(rows, 1);
    for (let i = 0; exponent >> i > 0; i += 1) {
      if (((exponent >> i) & 1) === 0) continue;
      // 2^i powers in a row: each product doubles how many have been added up.
      let block = next;
      for (let j = 0; j < i; j += 1) {
        block = added(block, product(block, this.#square(j), this.#size));
      }
      sum = added(sum, block);
      next = product(next, this.#square(i), this.#size);
    }
    return sum;
  }

  #square(index: number): Rows {
    let square = this.#squares.at(-1) as Rows;
    while (this.#squares.length <= index) {
      square = product(square, square, this.#size);
      this.#squares.push(square);
    }
    return this.#squares[index] as Rows;
  }
}

export function identity(size: number): Rows {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) matrix[i * size + i] = 1;
  return matrix;
}

/** `left` times a square matrix of `size`. */
export function product(left: Rows, matrix: Rows, size: number): Rows {
  const result = new Float64Array(left.length);
  for (let row = 0; row < left.length; row += size) {
    for (let k = 0; k < size; k += 1) {
      const factor = left[row + k] as number;
      if (factor === 0) continue;
      const start = k * size;
      for (let j = 0; j < size; j += 1) {
        const place = row + j;
        result[place] = (result[place] as number) + factor * (matrix[start + j] as number);
      }
    }
  }
  return result;
}

export function added(a: Rows, b: Rows): Rows {
  return a.map((value, i) => value + (b[i] as number));
}

/** Each row in proportion, so that it adds up to 1. */
export function normalised(rows: Rows, size: number): Rows {
  const result = new Float64Array(rows.length);
  for (let row = 0; row < rows.length; row += size) {
    let sum = 0;
    for (let i = row; i < row + size; i += 1) sum += rows[i] as number;
    for (let i = row; i < row + size; i += 1) result[i] = (rows[i] as number) / sum;
  }
  return result;
}
