import Events
import Parity
import Routing

/// Reads all that one provider has in a window.
struct WindowReader {
    let vendors: any VendorAsking
    let provider: ProviderConfiguration
    let reader: any VendorReader
    let traits: ReadTraits
    /// Maximum number of rows of the whole window.
    let limit: Int
    /// Whose events are read; nil: everybody's.
    let owner: WindowOwner?
    private(set) var calls = 0

    /// Why a window has no list.
    enum Failure: Error, Equatable {
        /// For people.
        case unreadable(String)
        /// It has more rows than are compared at once.
        case tooLarge
        case cancelled
    }

    init(_ vendors: any VendorAsking, _ provider: ProviderConfiguration, limit: Int, of owner: WindowOwner? = nil)
        throws(Failure)
    {
        guard let reader = provider.adapter.reader, let traits = provider.traits.reads,
            reader.abilities.contains(.compare)
        else { throw .unreadable("\(provider.traits.vendor) shows no events") }
        self.vendors = vendors
        self.provider = provider
        self.reader = reader
        self.traits = traits
        self.limit = limit
        self.owner = owner
    }

    /// All rows of a window.
    /// - Parameter times: of the events that are expected there.
    mutating func rows(in window: ReadWindow, _ times: [Timestamp]) async throws(Failure) -> [WindowRow] {
        guard !traits.lists.isPaged else { return try await list(window) }
        // Some room, so that a few rows more do not make two pages of one.
        let slices = WindowSlices.slices(
            of: window,
            times,
            ofAtMost: max(1, traits.lists.pageSize * 9 / 10),
            inSeconds: traits.lists.cutsToSeconds
        )
        var rows: [WindowRow] = []
        for slice in slices {
            rows += try await list(slice)
            if rows.count > limit { throw .tooLarge }
        }
        return rows
    }

    /// How many events the vendor has.
    mutating func count(_ window: ReadWindow) async throws(Failure) -> Int {
        try await ask(reader.count(window, of: owner))
    }

    /// All events of a window that the vendor has with some ids, at most ``ReadTraits/idsPerRequest``.
    mutating func rows(in window: ReadWindow, withIDs ids: [String], in property: String) async throws(Failure)
        -> [WindowRow]
    {
        try await ask(reader.events(withIDs: ids, in: property)).filter { window.contains($0.event.timestamp) }
    }

    private mutating func list(_ window: ReadWindow) async throws(Failure) -> [WindowRow] {
        var reading = WindowWalk(window, limit: limit)
        var step = WindowWalk.Step.page(nil)
        while true {
            switch step {
            case .page(let cursor):
                step = reading.read(try await ask(reader.events(in: window, of: owner, after: cursor)))
            case .count: step = reading.counted(try await count(window))
            case .done(let rows): return rows
            case .split: return try await listHalves(of: window)
            case .unstable:
                throw .unreadable(
                    "\(provider.traits.vendor)'s list changed while it was read; run the comparison again later"
                )
            }
        }
    }

    private mutating func listHalves(of window: ReadWindow) async throws(Failure) -> [WindowRow] {
        guard let halves = window.halves else {
            let message = "\(provider.traits.vendor) has more events at \(window.from.rfc3339) than it lists at once"
            throw .unreadable(message)
        }
        let rows = try await list(halves.0) + list(halves.1)
        if rows.count > limit { throw .tooLarge }
        return rows
    }

    private mutating func ask<Value>(_ inquiry: VendorInquiry<Value>) async throws(Failure) -> Value {
        switch await vendors.ask(inquiry, at: provider, counting: &calls) {
        case .done(let value)?: return value
        case .failed(let fault)?: throw .unreadable(fault.message)
        case .unsupported(let reason)?: throw .unreadable(reason ?? "\(provider.traits.vendor) cannot answer that")
        case .ask?, nil: throw .cancelled
        }
    }
}
