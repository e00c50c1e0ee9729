// A class in a module of its own, required by path: what comedy's documentation asks of threaded actors.
class Consumer {
  async initialize(self) {
    const { Sink } = await import("./messages.ts");
    this.sink = new Sink(self.getCustomParameters().payload);
  }

  take(message) {
    this.sink.take(message);
  }

  tally() {
    return this.sink.tally;
  }
}

module.exports = Consumer;
