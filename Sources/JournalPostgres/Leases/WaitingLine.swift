/// First in, first out. Keeps about as many as wait, also where it is never empty.
struct WaitingLine<Element> {
    private var elements: [Element?] = []
    /// The index of the first that waits.
    private var first = 0

    /// How many there is memory for, those included that have left.
    var places: Int { elements.count }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    /// Takes the one out that waits longest; nil if nobody waits.
    mutating func popFirst() -> Element? {
        guard first < elements.count else { return nil }
        defer { compact() }
        first += 1
        return elements[first - 1].take()
    }

    /// Costs a step for each that has left since the last time.
    private mutating func compact() {
        guard first == elements.count || (first >= 32 && first * 2 >= elements.count) else { return }
        elements.removeFirst(first)
        first = 0
    }
}
