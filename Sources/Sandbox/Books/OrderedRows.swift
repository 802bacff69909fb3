/// Rows in an order, each with the number that leads in it, such that any place is found, and counted from, without going through all.
///
/// They lie in chunks; a place is found among the chunks, then in one.
struct OrderedRows: Sendable {
    /// A row, with what it is ordered by first.
    struct Element: Sendable, Equatable {
        let key: Int
        let row: Int32
    }

    private static let largestChunk = 512

    private var chunks: [[Element]] = []
    private(set) var count = 0

    /// How many elements stand before the first for which the predicate fails; it must hold for none after.
    func count(while holds: (Element) -> Bool) -> Int {
        let (chunk, place) = position(while: holds)
        var before = place
        for index in 0..<chunk { before += chunks[index].count }
        return before
    }

    /// - Parameter precedes: whether an element stands before the new one.
    mutating func insert(_ element: Element, after precedes: (Element) -> Bool) {
        count += 1
        let (chunk, place) = position(while: precedes)
        guard chunk < chunks.count else {
            // After all: most come in order, and fill one chunk after the other.
            if let last = chunks.indices.last, chunks[last].count < Self.largestChunk {
                chunks[last].append(element)
            } else {
                chunks.append([element])
            }
            return
        }
        chunks[chunk].insert(element, at: place)
        guard chunks[chunk].count > Self.largestChunk else { return }
        let half = Array(chunks[chunk][(Self.largestChunk / 2)...])
        chunks[chunk].removeLast(half.count)
        chunks.insert(half, at: chunk + 1)
    }

    /// - Parameter precedes: whether an element stands before this one.
    mutating func remove(_ row: Int32, after precedes: (Element) -> Bool) {
        let (chunk, place) = position(while: precedes)
        guard chunk < chunks.count, place < chunks[chunk].count, chunks[chunk][place].row == row else {
            preconditionFailure("a row that is listed stands where its order says")
        }
        count -= 1
        chunks[chunk].remove(at: place)
        if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
    }

    /// Goes through a range of places, upward or downward, until the body says false.
    func forEach(in range: Range<Int>, downward: Bool, _ body: (Element) -> Bool) {
        guard !range.isEmpty else { return }
        var (chunk, place) = self.place(at: downward ? range.upperBound - 1 : range.lowerBound)
        for _ in range {
            guard body(chunks[chunk][place]) else { return }
            if downward {
                place -= 1
                if place < 0, chunk > 0 {
                    chunk -= 1
                    place = chunks[chunk].count - 1
                }
            } else {
                place += 1
                if place == chunks[chunk].count {
                    chunk += 1
                    place = 0
                }
            }
        }
    }

    subscript(index: Int) -> Element {
        let (chunk, place) = place(at: index)
        return chunks[chunk][place]
    }

    /// The chunk and the index in it.
    private func place(at index: Int) -> (chunk: Int, place: Int) {
        precondition((0..<count).contains(index), "a place within the rows")
        var rest = index
        var chunk = 0
        while rest >= chunks[chunk].count {
            rest -= chunks[chunk].count
            chunk += 1
        }
        return (chunk, rest)
    }

    /// The first position at which the condition no longer holds, by binary search.
    private func position(while holds: (Element) -> Bool) -> (chunk: Int, place: Int) {
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            if holds(chunks[middle][chunks[middle].count - 1]) { low = middle + 1 } else { high = middle }
        }
        guard low < chunks.count else { return (low, 0) }
        let chunk = low
        low = 0
        high = chunks[chunk].count
        while low < high {
            let middle = (low + high) / 2
            if holds(chunks[chunk][middle]) { low = middle + 1 } else { high = middle }
        }
        return (chunk, low)
    }
}
