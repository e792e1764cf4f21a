// The words, where they are, and their nearest neighbours.

const table = JSON.parse(document.getElementById("data").textContent);
const size = table.words.length;
const numbers = new Map(table.words.map((word, i) => [word, i]));

// Neighbours have numbers of their own behind those of the words that have a place.
function neighboursOf(i) {
  return Array.from({ length: table.k }, (_, j) => i * table.k + j).map((at) => {
    const number = table.neighbours[at];
    return {
      number: number < size ? number : null,
      word: number < size ? table.words[number] : table.unplaced[number - size],
      cosine: table.cosines[at] / 1000,
    };
  });
}
