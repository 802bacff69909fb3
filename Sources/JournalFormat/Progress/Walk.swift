import Events
import Journal

/// What one walk has seen and taken so far.
struct Walk {
    /// Which events the walk is for.
    enum Selection {
        /// Those whose plan names the provider.
        case planned(ProviderName)
        /// Those that have a destination here, by chunk and event of the stretch.
        case chosen([[Destination?]])
    }

    let selection: Selection
    let limit: BlockLimit
    var taken: [Stretch.Index] = []
    /// The provider's events, those included that are held already.
    var passed: [Int64] = []
    private var bytes = 0
    private var lastPlan: Plan?
    private var lastIsOwn = false

    init(_ selection: Selection, limit: BlockLimit) {
        self.selection = selection
        self.limit = limit
    }

    mutating func isOwn(_ event: AcceptedEvent, at place: Stretch.Index) -> Bool {
        switch selection {
        case .planned(let provider):
            let plan = event.plan
            if lastPlan !== plan {
                lastPlan = plan
                lastIsOwn = plan.destination(at: provider) != nil
            }
            return lastIsOwn
        case .chosen(let destinations): return destinations[place.chunk][place.event] != nil
        }
    }

    /// - Returns: false if the block is full.
    mutating func take(_ place: Stretch.Index, bytes added: Int) -> Bool {
        guard taken.isEmpty || (taken.count < limit.events && bytes + added <= limit.bytes) else { return false }
        taken.append(place)
        bytes += added
        return true
    }
}
