// A stressed value inside a translated sentence: the sentence stays one message, the value keeps its own weight.
const START = '\u0001';
const END = '\u0002';

/** Wraps a value on its way into a message. */
export function mark(value: string): string {
  return START + value + END;
}

export interface Piece {
  text: string;
  strong: boolean;
}

/** The pieces of a message, marked ones apart. */
export function pieces(message: string): Piece[] {
  return message
    .split(START)
    .flatMap((part, index): Piece[] => {
      if (index === 0) return [{ text: part, strong: false }];
      const [value = '', rest = ''] = part.split(END);
      return [
        { text: value, strong: true },
        { text: rest, strong: false },
      ];
    })
    .filter((piece) => piece.text !== '');
}
