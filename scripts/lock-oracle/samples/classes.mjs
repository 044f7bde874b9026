/** Locks of instances, inherited, private and static, taken by methods of each other's objects. */
import { Mutex } from 'async-mutex';
import { pause } from './pause.mjs';

class Store {
  lock = new Mutex();
  #journal = new Mutex();
  static registry = new Mutex();

  note() {
    return this.#journal.runExclusive(() => pause());
  }
  save() {
    return this.lock.runExclusive(() => this.note());
  }
}

class Mirror extends Store {
  constructor(origin) {
    super();
    this.origin = origin;
  }
  async save() {
    await super.save();
    await this.lock.runExclusive(() => this.origin.note());
  }
  publish() {
    return Store.registry.runExclusive(() => this.save());
  }
}

const origin = new Store();
const mirror = new Mirror(origin);
await Promise.all([origin.save(), mirror.publish()]);
