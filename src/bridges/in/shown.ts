const shownMax = 120;

/** A text from outside as it can stand in a message: quoted and not endless. */
export function shown(text: string | undefined): string {
  if (text === undefined) return "nothing";
  return JSON.stringify(text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);
}
