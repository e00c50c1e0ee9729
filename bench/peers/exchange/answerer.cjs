class Answerer {
  answer(number) {
    return -number;
  }
}

module.exports = Answerer;
