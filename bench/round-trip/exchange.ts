import type { MessagePort } from "node:worker_threads";

/** Microseconds that each of the second half of the round trips took: the first half is for the compilers. */
export type Samples = readonly number[];

/** Asks through a port, one question after another, and checks that each answer is the one to it. */
export function askThrough(port: MessagePort, asks: number): Promise<Samples> {
  const samples: number[] = [];
  return new Promise((resolve, reject) => {
    let number = 0;
    let askedAtMs = 0;
    const ask = (): void => {
      number += 1;
      askedAtMs = performance.now();
      port.postMessage(number);
    };
    port.on("message", (answer: number) => {
      if (number > asks / 2) samples.push((performance.now() - askedAtMs) * 1_000);
      if (answer !== -number) reject(new Error(`answer ${answer} to question ${number}`));
      else if (number < asks) ask();
      else resolve(samples);
    });
    ask();
  });
}

export function answerThrough(port: MessagePort): void {
  port.on("message", (number: number) => port.postMessage(-number));
}

/** Words that hold the question and the answer to it: 128 bytes apart, since each has a writer of its own. */
const questionWord = 0;
const answerWord = 32;
export const exchangeWords = 64;

/** The floor: two threads that wake each other, and do nothing else. */
export function askOn(words: Int32Array, asks: number): Samples {
  const samples: number[] = [];
  for (let number = 1; number <= asks; number += 1) {
    const askedAtMs = performance.now();
    Atomics.store(words, questionWord, number);
    Atomics.notify(words, questionWord);
    waitWhile(words, answerWord, 1 - number);
    if (number > asks / 2) samples.push((performance.now() - askedAtMs) * 1_000);
    const answer = Atomics.load(words, answerWord);
    if (answer !== -number) throw new Error(`answer ${answer} to question ${number}`);
  }
  return samples;
}

export function answerOn(words: Int32Array, asks: number): void {
  for (let number = 1; number <= asks; number += 1) {
    waitWhile(words, questionWord, number - 1);
    Atomics.store(words, answerWord, -number);
    Atomics.notify(words, answerWord);
  }
}

/** A thread may be woken by the notice of a value that it has seen already. */
function waitWhile(words: Int32Array, word: number, value: number): void {
  while (Atomics.load(words, word) === value) Atomics.wait(words, word, value);
}
