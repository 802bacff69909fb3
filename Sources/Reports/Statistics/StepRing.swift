import Events

/// The newest steps of one length, each with its point; the oldest makes room for the newest.
struct StepRing: Sendable {
    let step: StatisticsStep
    /// Full: a ring that begins at ``oldest``. Before: in order.
    private var points: [PackedPoint] = []
    private var oldest = 0
    /// The number of the newest step; nil before the first.
    private(set) var newest: Int?

    init(_ step: StatisticsStep) {
        self.step = step
    }

    /// The number of the step that a second belongs to.
    func number(ofSecond second: Int) -> Int { second / step.rawValue }

    /// Adds what was counted in a second; seconds never go back.
    mutating func add(_ point: StatisticsPoint, inSecond second: Int) {
        let number = number(ofSecond: second)
        advance(to: number)
        let place = place(of: number)
        points[place].add(point)
    }

    /// Makes steps without points up to this one.
    private mutating func advance(to number: Int) {
        guard let newest else {
            points.append(.empty)
            return self.newest = number
        }
        // More than all of them were missed: they are all empty.
        for _ in 0..<min(max(0, number - newest), step.count) { appendEmpty() }
        self.newest = max(newest, number)
    }

    private mutating func appendEmpty() {
        if points.count < step.count { return points.append(.empty) }
        points[oldest] = .empty
        oldest = (oldest + 1) % step.count
    }

    private func place(of number: Int) -> Int {
        (oldest + points.count - 1 - ((newest ?? number) - number)) % points.count
    }

    /// The point of a step; nil if nothing was measured in it, or if it is not kept any more.
    func point(_ number: Int) -> StatisticsPoint? {
        guard let newest, number <= newest, newest - number < points.count else { return nil }
        return points[place(of: number)].point
    }
}
