import Events

/// What two plans make of each destination.
struct PlanComparison: Sendable {
    let destinations: [DestinationChange]
    /// Kept, because ``RoutesPreview`` tells plans by their identity.
    private let plans: [Plan]

    /// - Parameters:
    ///   - new: nil if the event would not be accepted.
    ///   - place: the index of a provider's counts.
    init(old: Plan, new: Plan?, translatedBy vendors: PreviewVendors, place: (ProviderName) -> Int) {
        plans = [old] + (new.map { [$0] } ?? [])
        let planned = (new?.destinations ?? []).map { destination in
            DestinationChange(
                place: place(destination.provider),
                old: old.destination(at: destination.provider),
                new: destination,
                translatedBy: vendors
            )
        }
        let removed = old.destinations.filter { new?.destination(at: $0.provider) == nil }.map { destination in
            DestinationChange(place: place(destination.provider), old: destination, new: nil, translatedBy: vendors)
        }
        destinations = planned + removed
    }
}

/// One provider in the plan that events were accepted with, and in the one that they would get now.
final class DestinationChange: Sendable {
    /// The index of the provider's counts.
    let place: Int
    let old: Destination?
    let new: Destination?
    /// Nil if the new plan does not name the provider.
    let translation: (any Translating)?
    /// The translation before; nil if the vendor gets the same bytes, because everything that decides about them is the same.
    let earlier: (any Translating)?
    /// Nil if the mode is the same, or one of the plans does not name the provider.
    let modeChange: ModeChange?
    /// Whether the vendor would be sent the events.
    let isSent: Bool
    /// Whether a backfill would send events that the vendor was not sent before.
    let isFilled: Bool

    init(place: Int, old: Destination?, new: Destination?, translatedBy vendors: PreviewVendors) {
        self.place = place
        self.old = old
        self.new = new
        translation = new.flatMap { vendors.translation(for: $0) }
        isSent = new.map { $0.mode != .shadow } ?? false
        isFilled = isSent && old.map { $0.mode == .shadow } ?? true
        guard let old, let new else {
            earlier = nil
            modeChange = nil
            return
        }
        let isSame = old.adapter == new.adapter && old.rename == new.rename && old.settings == new.settings
        earlier = isSame ? nil : vendors.translation(for: old)
        modeChange = old.mode == new.mode ? nil : ModeChange(from: old.mode, to: new.mode)
    }
}
