/// How an event that a vendor already has is corrected.
package enum CorrectionMethod: Sendable, Equatable {
    /// By another event whose value takes the first one's back.
    case compensate
    /// By the same event with other properties: the vendor keeps the later one.
    case replace
    /// By another event that takes the value out of a set of unique values.
    case remove(RemovalMarker)
    /// Not at all; for people: why.
    case impossible(String)
}

/// The property by which an event says that it takes a value out of a set.
package struct RemovalMarker: Sendable, Equatable {
    package let property: String
    package let value: String

    package init(property: String, value: String) {
        self.property = property
        self.value = value
    }
}

/// How a vendor's events are corrected, by how its metric aggregates them.
package struct CorrectionTraits: Sendable, Equatable {
    /// Where the vendor keeps events, if that decides; nil if all its accounts work alike.
    package let store: String?
    /// One sentence for people about an effect on the bill that might surprise them; nil if there is none.
    package let note: String?
    private let methods: [MetricAggregate: CorrectionMethod]

    /// - Parameter methods: one for each aggregate.
    package init(store: String? = nil, note: String? = nil, _ methods: [MetricAggregate: CorrectionMethod]) {
        precondition(MetricAggregate.allCases.allSatisfy { methods[$0] != nil }, "every aggregate has its method")
        self.store = store
        self.note = note
        self.methods = methods
    }

    /// A vendor where nothing can be corrected.
    /// - Parameter reason: for people.
    package init(impossible reason: String) {
        self.init(Dictionary(uniqueKeysWithValues: MetricAggregate.allCases.map { ($0, .impossible(reason)) }))
    }

    package subscript(aggregate: MetricAggregate) -> CorrectionMethod {
        // The initializer has seen that there is one.
        methods[aggregate] ?? .impossible("unknown aggregate")
    }

    /// Whether nothing can be corrected, however the metric aggregates.
    package var isImpossible: Bool {
        methods.values.allSatisfy { if case .impossible = $0 { true } else { false } }
    }
}
