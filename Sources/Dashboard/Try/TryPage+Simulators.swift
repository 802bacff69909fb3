extension TryPage {
    /// One simulated vendor: what came there, and how it behaves.
    package struct Simulator: Sendable {
        let name: String
        let received: String
        let billed: String
        let behaviours: [Choice]
        /// The dot beside it.
        let style: String
        let state: String

        /// - Parameters:
        ///   - behaviours: with the present one chosen; the first is that of a vendor that works.
        package init(name: String, received: Int, billed: Int, behaviours: [Choice]) {
            self.name = name
            self.received = PlainNumbers.count(received)
            self.billed = PlainNumbers.count(billed)
            self.behaviours = behaviours
            let chosen = behaviours.firstIndex { $0.isChosen }
            style = chosen == 0 ? "ok" : "bad"
            state = chosen.map { behaviours[$0].label } ?? "other faults"
        }
    }
}
