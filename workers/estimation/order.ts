/** Which off-diagonal entries of a symmetric matrix are nonzero: for each column all its rows, both triangles. */
export interface SymmetricPattern {
  readonly n: number;
  /** Column j holds entries `start[j] .. start[j + 1] - 1` of `index`. */
  readonly start: Int32Array;
  /** Row numbers, each at most once a column, the diagonal left out. */
  readonly index: Int32Array;
}

const NONE = -1;

/**
 * A fill-reducing order of elimination: approximate minimum degree (Amestoy, Davis, Duff: "An approximate
 * minimum degree ordering algorithm", SIAM J. Matrix Anal. Appl. 17(4), 1996).
 *
 * Eliminating a variable joins all its neighbours into a clique. The quotient graph never stores a clique
 * pair by pair but as one *element*, the list of its variables. A variable's list in `lists` holds first its
 * elements (`elementCount` of them), then the neighbours no element covers. Each round
 *
 * 1. takes the variable of least degree as pivot and merges its elements and neighbours into a new element;
 * 2. counts |e \ pivot| for every element e that touches the new one, so that the degree of each of its
 *    variables is bounded from above by a sum over elements; an element left with nothing outside is dropped;
 * 3. eliminates at once a variable that has no neighbours outside the new element;
 * 4. merges variables with the same neighbours (found by a hash of their lists) into one of larger weight.
 *
 * Elements are appended to `lists`, which grows when needed: together they are no longer than L.
 *
 * @returns `order[k]`: the column that is eliminated as number k.
 */
export function minimumDegreeOrder(pattern: SymmetricPattern): Int32Array {
  const n = pattern.n;
  const entries = pattern.index.length;
  let lists = new Int32Array(2 * entries + 2 * n + 16);
  lists.set(pattern.index);
  let free = entries;
  const start = pattern.start.slice(0, n);
  const length = new Int32Array(n);
  const elementCount = new Int32Array(n);
  /** Of a variable: how many columns it stands for; negative while in the new element; 0 once gone. */
  const weight = new Int32Array(n).fill(1);
  /** Of a variable a bound of its degree, of an element the weight of its variables. */
  const degree = new Int32Array(n);
  /** 0: an element merged into another. Else compared with `stamp`. */
  const mark = new Int32Array(n).fill(1);
  let stamp = 2;
  let largestElement = 0;

  const head = new Int32Array(n + 1).fill(NONE);
  const next = new Int32Array(n).fill(NONE);
  const previous = new Int32Array(n).fill(NONE);
  const hashHead = new Int32Array(n).fill(NONE);
  const hashNext = new Int32Array(n).fill(NONE);
  const hashOf = new Int32Array(n);
  /** Columns merged into one variable: a chain from the variable to `last`. */
  const follow = new Int32Array(n).fill(NONE);
  const last = new Int32Array(n);

  for (let i = 0; i < n; i++) {
    const d = pattern.start[i + 1]! - pattern.start[i]!;
    length[i] = d;
    degree[i] = d;
    last[i] = i;
    const h = head[d]!;
    next[i] = h;
    if (h !== NONE) previous[h] = i;
    head[d] = i;
  }

  const order = new Int32Array(n);
  let ordered = 0;
  let eliminated = 0;
  let least = 0;
  while (eliminated < n) {
    while (head[least] === NONE) least++;
    const pivot = head[least]!;
    const afterPivot = next[pivot]!;
    head[least] = afterPivot;
    if (afterPivot !== NONE) previous[afterPivot] = NONE;

    // The new element: all variables of the pivot's elements, and its other neighbours.
    const pivotElements = elementCount[pivot]!;
    eliminated += weight[pivot]!;
    weight[pivot] = -weight[pivot]!;
    if (free + degree[pivot]! > lists.length) {
      const larger = new Int32Array(2 * lists.length + degree[pivot]!);
      larger.set(lists);
      lists = larger;
    }
    const begin = free;
    let elementWeight = 0;
    for (let k = 0; k <= pivotElements; k++) {
      let p = start[pivot]! + k;
      let end = start[pivot]! + length[pivot]!;
      if (k < pivotElements) {
        const e = lists[p]!;
        p = start[e]!;
        end = p + length[e]!;
        mark[e] = 0;
      }
      for (; p < end; p++) {
        const i = lists[p]!;
        const w = weight[i]!;
        if (w <= 0) continue;
        elementWeight += w;
        weight[i] = -w;
        lists[free++] = i;
        const before = previous[i]!;
        const after = next[i]!;
        if (after !== NONE) previous[after] = before;
        if (before === NONE) head[degree[i]!] = after;
        else next[before] = after;
      }
    }

    // mark[e] - stamp = weight of e outside the new element.
    for (let q = begin; q < free; q++) {
      const i = lists[q]!;
      const w = -weight[i]!;
      const from = start[i]!;
      const to = from + elementCount[i]!;
      for (let p = from; p < to; p++) {
        const e = lists[p]!;
        const m = mark[e]!;
        if (m >= stamp) mark[e] = m - w;
        else if (m !== 0) mark[e] = degree[e]! + stamp - w;
      }
    }

    // Degrees, with the lists of the variables cleaned of what is gone.
    for (let q = begin; q < free; q++) {
      const i = lists[q]!;
      const from = start[i]!;
      const elementsEnd = from + elementCount[i]!;
      const end = from + length[i]!;
      let out = from;
      let hash = 0;
      let d = 0;
      for (let p = from; p < elementsEnd; p++) {
        const e = lists[p]!;
        const m = mark[e]!;
        if (m === 0) continue;
        if (m > stamp) {
          d += m - stamp;
          lists[out++] = e;
          hash += e;
        } else mark[e] = 0;
      }
      const firstVariable = out;
      for (let p = elementsEnd; p < end; p++) {
        const j = lists[p]!;
        const w = weight[j]!;
        if (w <= 0) continue;
        d += w;
        lists[out++] = j;
        hash += j;
      }
      if (d === 0) {
        const w = -weight[i]!;
        elementWeight -= w;
        eliminated += w;
        weight[i] = 0;
        follow[last[pivot]!] = i;
        last[pivot] = last[i]!;
        continue;
      }
      if (d < degree[i]!) degree[i] = d;
      // The pivot, or an element it took in, has just left this list: there is room for the new element.
      lists[out] = lists[firstVariable]!;
      lists[firstVariable] = lists[from]!;
      lists[from] = pivot;
      elementCount[i] = firstVariable - from + 1;
      length[i] = out - from + 1;
      const h = hash % n;
      hashOf[i] = h;
      hashNext[i] = hashHead[h]!;
      hashHead[h] = i;
    }
    degree[pivot] = elementWeight;
    if (elementWeight > largestElement) largestElement = elementWeight;
    stamp += largestElement + 1;

    // Variables with the same lists become one.
    for (let q = begin; q < free; q++) {
      if (weight[lists[q]!]! >= 0) continue;
      const h = hashOf[lists[q]!]!;
      let i = hashHead[h]!;
      hashHead[h] = NONE;
      while (i !== NONE && hashNext[i] !== NONE) {
        const size = length[i]!;
        const elements = elementCount[i]!;
        for (let p = start[i]! + 1; p < start[i]! + size; p++) mark[lists[p]!] = stamp;
        let before = i;
        let j = hashNext[i]!;
        while (j !== NONE) {
          let same = length[j] === size && elementCount[j] === elements;
          for (let p = start[j]! + 1; same && p < start[j]! + size; p++) same = mark[lists[p]!] === stamp;
          if (same) {
            weight[i]! += weight[j]!;
            weight[j] = 0;
            follow[last[i]!] = j;
            last[i] = last[j]!;
            hashNext[before] = hashNext[j]!;
          } else before = j;
          j = hashNext[j]!;
        }
        i = hashNext[i]!;
        stamp++;
      }
    }

    let out = begin;
    for (let q = begin; q < free; q++) {
      const i = lists[q]!;
      const w = -weight[i]!;
      if (w === 0) continue;
      weight[i] = w;
      const d = Math.min(degree[i]! + elementWeight - w, n - eliminated - w);
      degree[i] = d;
      const h = head[d]!;
      next[i] = h;
      previous[i] = NONE;
      if (h !== NONE) previous[h] = i;
      head[d] = i;
      if (d < least) least = d;
      lists[out++] = i;
    }
    weight[pivot] = 0;
    start[pivot] = begin;
    length[pivot] = out - begin;
    free = out;
    for (let i = pivot; i !== NONE; i = follow[i]!) order[ordered++] = i;

    if (stamp > 1 << 30) {
      for (let i = 0; i < n; i++) if (mark[i] !== 0) mark[i] = 1;
      stamp = 2;
    }
  }
  return order;
}
