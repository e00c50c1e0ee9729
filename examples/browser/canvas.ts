interface Point {
  readonly x: number;
  readonly y: number;
}

/** A canvas of the page that shows so many metres of the map, from top to bottom, around a point. */
export function canvas(id: string, middle: Point, metres: number) {
  const element = document.querySelector(`#${id}`) as HTMLCanvasElement;
  const label = document.querySelector(`#${id} + p`) as HTMLParagraphElement;
  const pen = element.getContext("2d") as CanvasRenderingContext2D;
  const scale = element.height / metres;
  return {
    clear: () => pen.clearRect(0, 0, element.width, element.height),
    dot({ x, y }: Point, radius: number, colour: string): void {
      pen.fillStyle = colour;
      pen.beginPath();
      const [left, top] = [(x - middle.x) * scale, (y - middle.y) * scale];
      const turn = 2 * Math.PI;
      pen.arc(element.width / 2 + left, element.height / 2 - top, radius * scale, 0, turn);
      pen.fill();
    },
    label: (text: string): void => {
      label.textContent = text;
    },
  };
}
