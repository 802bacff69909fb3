import Events
import Journal

/// What one walk has seen and taken so far.
struct Walk {
    let provider: ProviderName
    let limit: BlockLimit
    var taken: [Stretch.Place] = []
    /// The provider's events, those included that are held already.
    var passed: [Int64] = []
    private var bytes = 0
    private var lastPlan: Plan?
    private var lastIsOwn = false

    init(provider: ProviderName, limit: BlockLimit) {
        self.provider = provider
        self.limit = limit
    }

    mutating func isOwn(_ plan: Plan) -> Bool {
        if lastPlan !== plan {
            lastPlan = plan
            lastIsOwn = plan.destination(at: provider) != nil
        }
        return lastIsOwn
    }

    /// - Returns: false if the block is full.
    mutating func take(_ place: Stretch.Place, bytes added: Int) -> Bool {
        guard taken.isEmpty || (taken.count < limit.events && bytes + added <= limit.bytes) else { return false }
        taken.append(place)
        bytes += added
        return true
    }
}
