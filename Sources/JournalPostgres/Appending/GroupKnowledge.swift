/// What the tries of one group have found out so far.
struct GroupKnowledge {
    /// What the database has under the keys that were asked for.
    var taken: [Int64: [GroupDecision.Taken]] = [:]
    /// Keys that the parts were asked for beside the append.
    var asked: Set<Int64> = []
    /// Numbers that earlier tries have given.
    var given: Set<Int64> = []
    /// The closed parts among those that were asked.
    private var closed: [Int32]?

    /// Forgets what was asked while other parts were closed. A part that has been closed since gets no keys of the next append, whose
    /// unique indexes would find a repeat, so that it must be asked.
    /// - Parameter closed: the numbers of the parts that are closed now.
    mutating func keep(whileClosed closed: [Int32]) {
        if let known = self.closed, known != closed { forget() }
        self.closed = closed
    }

    /// Forgets what was asked, but not the numbers that were given.
    mutating func forget() { (taken, asked) = ([:], []) }
}
