// Draws batches on a canvas, pixel by pixel as they came. The pointer is not in the picture: it has its own element.
import type { Operation, Picture } from './picture.ts';

export interface Pointer {
  x: number;
  y: number;
  shape: Shape;
}

export interface Shape {
  hotX: number;
  hotY: number;
  image: ImageData;
}

/** Shapes that are kept; when full, the one that came first goes. Systems have a few dozen. */
const SHAPES_MAX = 128;

export class Painter {
  readonly #context: CanvasRenderingContext2D;
  readonly #shapes = new Map<number, Shape>();
  #pointer: Pointer | null = null;

  constructor(private readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('this window has no canvas');
    this.#context = context;
  }

  /** The pointer as of the last batch, or nothing while it is hidden. */
  get pointer(): Pointer | null {
    return this.#pointer;
  }

  draw(picture: Picture): void {
    const { canvas } = this;
    if (canvas.width !== picture.width || canvas.height !== picture.height) {
      canvas.width = picture.width;
      canvas.height = picture.height;
    }
    for (const operation of picture.operations) this.#apply(operation);
  }

  #apply(operation: Operation): void {
    const context = this.#context;
    switch (operation.kind) {
      case 'copy': {
        // HTML promises that a canvas drawn onto itself is copied first, so source and target may overlap.
        const { sx, sy, x, y, w, h } = operation;
        context.drawImage(this.canvas, sx, sy, w, h, x, y, w, h);
        break;
      }
      case 'fill':
        context.fillStyle = operation.colour;
        context.fillRect(operation.x, operation.y, operation.w, operation.h);
        break;
      case 'pixels':
        context.putImageData(new ImageData(operation.rgba, operation.w, operation.h), operation.x, operation.y);
        break;
      case 'shape':
        this.#keep(operation);
        break;
      case 'pointer': {
        const shape = this.#shapes.get(operation.shape);
        this.#pointer = shape ? { x: operation.x, y: operation.y, shape } : null;
        break;
      }
    }
  }

  #keep({ id, hotX, hotY, w, h, rgba }: Extract<Operation, { kind: 'shape' }>): void {
    if (w === 0 || h === 0) return;
    this.#shapes.delete(id);
    const oldest = this.#shapes.keys().next();
    if (this.#shapes.size >= SHAPES_MAX && !oldest.done) this.#shapes.delete(oldest.value);
    // A copy: the batch it lies in would otherwise stay in memory as long as the shape.
    this.#shapes.set(id, { hotX, hotY, image: new ImageData(rgba.slice(), w, h) });
  }
}
