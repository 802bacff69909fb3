import Events
import Journal

/// What never changes about a lane's account in the ledger.
struct LaneAccount: Sendable {
    let lane: LaneNumber
    /// The account's number among the providers.
    let number: Int64
    let provider: ProviderName
    let adapter: AdapterName

    var name: ProviderName { Lane.account(of: lane, at: provider) }

    /// Stands for where the lane sends, in answers; how events are said there, the lane's membership tells.
    var destination: Destination { Destination(provider: provider, adapter: adapter, mode: .mirror) }
}
