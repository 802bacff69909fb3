import Events
import Journal
import JournalFormat

/// Origins, plans and accounts by number and the other way round: those that this gateway has seen in the database.
struct NameTable: Sendable {
    /// A plan with the numbers of its providers' accounts, in the order of its destinations.
    struct NumberedPlan: Sendable {
        let plan: Plan
        let accounts: [Int32]
    }

    private(set) var origins: [UInt32: EventOrigin] = [:]
    private(set) var originNumbers: [EventOrigin: UInt32] = [:]
    private(set) var plans: [UInt32: NumberedPlan] = [:]
    private(set) var accounts: [Int32: ProviderName] = [:]
    private(set) var accountNumbers: [ProviderName: Int32] = [:]
    private var planNumbers: [[UInt8]: UInt32] = [:]
    /// Plans that came in lately, by object. The object is kept, so that no other can take its place in memory.
    private var planObjects: [ObjectIdentifier: (plan: Plan, number: UInt32)] = [:]
    private static let keptPlanObjects = 1024

    /// The numbers of a tenant's origins; empty if the journal has nothing of the tenant.
    func origins(of tenant: TenantID) -> Set<UInt64> {
        Set(origins.lazy.filter { $0.value.tenant == tenant }.map { UInt64($0.key) })
    }

    /// Whether another table has all names of this one under the same numbers.
    func isContained(in other: NameTable) -> Bool {
        originNumbers.allSatisfy { other.originNumbers[$0.key] == $0.value }
            && accountNumbers.allSatisfy { other.accountNumbers[$0.key] == $0.value }
            && planNumbers.allSatisfy { other.planNumbers[$0.key] == $0.value }
    }

    mutating func add(account: ProviderName, number: Int32) {
        accounts[number] = account
        accountNumbers[account] = number
    }

    mutating func add(origin: EventOrigin, number: UInt32) {
        origins[number] = origin
        originNumbers[origin] = number
    }

    /// Adds a plan whose accounts are known.
    mutating func add(plan: Plan, number: UInt32) {
        guard plans[number] == nil else { return }
        plans[number] = NumberedPlan(
            plan: plan,
            accounts: plan.destinations.compactMap { accountNumbers[$0.provider] }
        )
        planNumbers[plan.encoded] = number
    }

    /// The number of a plan; nil if it has none yet.
    mutating func number(of plan: Plan) -> UInt32? {
        if let known = planObjects[ObjectIdentifier(plan)] { return known.number }
        guard let number = planNumbers[plan.encoded] else { return nil }
        if planObjects.count >= Self.keptPlanObjects { planObjects.removeAll() }
        planObjects[ObjectIdentifier(plan)] = (plan, number)
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

extension ChunkFault {
    /// Whether the chunk may be whole, and what it names is not known here yet.
    var isUnknownName: Bool {
        switch self {
        case .unknownOrigin, .unknownPlan: true
        case .truncated, .checksum, .malformed, .unknownVersion, .unknownPacking, .misplaced: false
        }
    }

    /// Whether the chunk is whole, and only this program cannot read it: a newer one may have written it, or a plan that it names.
    var isOfNewerProgram: Bool {
        switch self {
        case .unknownVersion, .unknownPacking, .unknownOrigin, .unknownPlan: true
        case .truncated, .checksum, .malformed, .misplaced: false
        }
    }
}
