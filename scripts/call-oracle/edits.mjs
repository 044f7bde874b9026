/** Insertions into a text, made while walking its syntax tree: at one place they keep the order in which they came. */
export class Edits {
  #insertions = [];

  insert(position, text) {
    this.#insertions.push({ position, text, order: this.#insertions.length });
  }

  /** Around `[start, end]`, with what `fill` inserts in between. */
  around(start, before, end, after, fill) {
    this.insert(start, before);
    fill();
    this.insert(end, after);
  }

  apply(text) {
    const sorted = [...this.#insertions].sort((a, b) => a.position - b.position || a.order - b.order);
    let result = '';
    let done = 0;
    for (const { position, text: inserted } of sorted) {
      result += text.slice(done, position) + inserted;
      done = position;
    }
    return result + text.slice(done);
  }
}
