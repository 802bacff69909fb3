import Events
import Journal
import JournalFormat
import Synchronization

/// The numbers under which chunks and rows name origins, plans and providers.
///
/// A number is given on the caller's side, before anything is on disk; the writer saves what is new in the same commit as the
/// first chunk that uses it. A number that was given and never saved means nothing and may be given again after a restart.
final class JournalNames: Sendable {
    private let table: Mutex<NameTable>

    init(_ table: NameTable) {
        self.table = Mutex(table)
    }

    /// The names as they are now; cheap, and good for reading every chunk that is in the database by now.
    var current: NameTable { table.withLock { $0 } }

    /// The numbers of these events' origins and plans, given now if they are new.
    func numbers(for events: [AcceptedEvent]) -> NameNumbers {
        table.withLock { NameNumbers(of: events, from: &$0) }
    }

    func number(of provider: ProviderName) -> Int64? {
        table.withLock { $0.providerNumbers[provider] }
    }

    /// The number of a provider, given now if it is new.
    func register(_ provider: ProviderName) -> Int64 {
        table.withLock { $0.register(provider) }
    }

    /// The lane that has this account; nil if it is a provider's.
    func lane(_ account: Int64) -> LaneAccount? {
        table.withLock { $0.lanes[account] }
    }

    /// Notes that a lane has this account.
    func add(_ account: LaneAccount) {
        table.withLock { $0.load(lane: account) }
    }

    /// What was given a number and is not on disk yet.
    var unsaved: UnsavedNames { table.withLock { $0.unsaved } }

    /// Notes that these are on disk.
    func saved(_ names: UnsavedNames) {
        guard !names.isEmpty else { return }
        table.withLock { $0.unsaved.remove(names) }
    }
}

/// Origins, plans and providers by number and the other way round.
struct NameTable: Sendable {
    /// A plan with the numbers of its providers, in the order of its destinations.
    struct NumberedPlan: Sendable {
        let plan: Plan
        let providers: [Int64]
    }

    private(set) var origins: [UInt32: EventOrigin] = [:]
    private(set) var originNumbers: [EventOrigin: UInt32] = [:]
    private(set) var plans: [UInt32: NumberedPlan] = [:]
    private(set) var providers: [Int64: ProviderName] = [:]
    private(set) var providerNumbers: [ProviderName: Int64] = [:]
    /// The accounts of lanes, by number.
    private(set) var lanes: [Int64: LaneAccount] = [:]
    /// The same, oldest lane first.
    private(set) var laneList: [LaneAccount] = []
    private(set) var tenantHashes: [UInt32: TenantIdentityHash] = [:]
    /// The number of each origin's tenant: that of the tenant's first origin, which is the lowest.
    private(set) var tenantNumbers: [UInt32: UInt32] = [:]
    private var firstOrigins: [TenantID: UInt32] = [:]
    var unsaved = UnsavedNames()

    private let hash: IdentityHash
    private var planNumbers: [[UInt8]: UInt32] = [:]
    /// Plans that came in lately, by object. The object is kept, so that no other can take its place in memory.
    private var planObjects: [ObjectIdentifier: (plan: Plan, number: UInt32)] = [:]
    private static let keptPlanObjects = 1024

    init(hash: IdentityHash) {
        self.hash = hash
    }

    /// Registers an origin that is on disk. Lower numbers come first.
    mutating func load(origin: EventOrigin, number: UInt32) {
        origins[number] = origin
        originNumbers[origin] = number
        tenantHashes[number] = hash.forTenant(origin.tenant)
        let tenant = firstOrigins[origin.tenant] ?? number
        firstOrigins[origin.tenant] = tenant
        tenantNumbers[number] = tenant
    }

    /// - Returns: nil if the journal has nothing of the tenant.
    func number(of tenant: TenantID) -> UInt32? { firstOrigins[tenant] }

    /// Registers a plan that is on disk; the plan's providers must be known already.
    mutating func load(plan: Plan, number: UInt32) {
        plans[number] = NumberedPlan(plan: plan, providers: plan.destinations.map { register($0.provider) })
        planNumbers[plan.encoded] = number
    }

    /// Registers a provider that is on disk.
    mutating func load(provider: ProviderName, number: Int64) {
        providers[number] = provider
        providerNumbers[provider] = number
    }

    /// Registers the account of a lane.
    mutating func load(lane account: LaneAccount) {
        guard lanes.updateValue(account, forKey: account.number) == nil else { return }
        laneList.append(account)
        laneList.sort { $0.lane < $1.lane }
    }

    /// The numbers of a provider and of its lanes' accounts; empty if the journal has nothing of it.
    func accounts(of provider: ProviderName) -> [Int64] {
        let own = providerNumbers[provider].map { [$0] } ?? []
        return own + laneList.filter { $0.provider == provider }.map(\.number)
    }

    /// Whether a provider has, or had, a lane.
    func hasLanes(of provider: ProviderName) -> Bool {
        laneList.contains { $0.provider == provider }
    }

    mutating func number(of origin: EventOrigin) -> UInt32 {
        if let number = originNumbers[origin] { return number }
        let number = (origins.keys.max() ?? 0) + 1
        load(origin: origin, number: number)
        unsaved.origins.append(number)
        return number
    }

    mutating func number(of plan: Plan) -> UInt32 {
        if let known = planObjects[ObjectIdentifier(plan)] { return known.number }
        let number = planNumbers[plan.encoded] ?? add(plan)
        if planObjects.count >= Self.keptPlanObjects { planObjects.removeAll() }
        planObjects[ObjectIdentifier(plan)] = (plan, number)
        return number
    }

    mutating func register(_ provider: ProviderName) -> Int64 {
        if let number = providerNumbers[provider] { return number }
        let number = (providers.keys.max() ?? 0) + 1
        load(provider: provider, number: number)
        unsaved.providers.append(number)
        return number
    }

    private mutating func add(_ plan: Plan) -> UInt32 {
        let number = (plans.keys.max() ?? 0) + 1
        load(plan: plan, number: number)
        unsaved.plans.append(number)
        return number
    }
}

extension NameTable: ChunkNames {
    func origin(_ number: UInt64) throws(ChunkFault) -> EventOrigin {
        guard let origin = origins[UInt32(clamping: number)] else { throw .unknownOrigin(number) }
        return origin
    }

    func plan(_ number: UInt64) throws(ChunkFault) -> Plan {
        guard let plan = plans[UInt32(clamping: number)] else { throw .unknownPlan(number) }
        return plan.plan
    }
}

/// Numbers that were given and are not on disk yet.
struct UnsavedNames: Sendable {
    var origins: [UInt32] = []
    var plans: [UInt32] = []
    var providers: [Int64] = []

    var isEmpty: Bool { origins.isEmpty && plans.isEmpty && providers.isEmpty }

    mutating func remove(_ saved: UnsavedNames) {
        origins.removeAll { saved.origins.contains($0) }
        plans.removeAll { saved.plans.contains($0) }
        providers.removeAll { saved.providers.contains($0) }
    }
}

/// The numbers of a request's events, and the hashes of their identities.
struct NameNumbers: Sendable {
    private(set) var origins: [UInt32] = []
    private(set) var plans: [UInt32] = []
    private(set) var identities: [EventIdentity] = []

    init(of events: [AcceptedEvent], from table: inout NameTable) {
        origins.reserveCapacity(events.count)
        plans.reserveCapacity(events.count)
        identities.reserveCapacity(events.count)
        // Most events of a request have the submission of the one before.
        var last: Submission?
        var (origin, plan): (UInt32, UInt32) = (0, 0)
        var hash: TenantIdentityHash?
        for event in events {
            if last !== event.submission {
                origin = table.number(of: EventOrigin(tenant: event.tenant, client: event.client))
                plan = table.number(of: event.plan)
                // Every origin has its tenant's hash since it has its number.
                hash = table.tenantHashes[origin]
                last = event.submission
            }
            origins.append(origin)
            plans.append(plan)
            let identity = hash?.hash(event.id, scope: event.idScope) ?? 0
            identities.append(EventIdentity(hash: identity, isScoped: !event.idScope.isEmpty))
        }
    }
}
