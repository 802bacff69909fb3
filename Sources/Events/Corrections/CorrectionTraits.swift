/// How to correct an event that a vendor already has.
package enum CorrectionMethod: Sendable, Equatable {
    /// By another event whose value takes the first one's back.
    case compensate
    /// By the same event with other properties: the vendor keeps the later one.
    case replace
    /// By another event that removes the value from a set of unique values.
    case remove(RemovalMarker)
    /// Not possible; for people: why.
    case impossible(String)
}

/// The property by which an event says that it removes a value from a set.
package struct RemovalMarker: Sendable, Equatable {
    package let property: String
    package let value: String

    package init(property: String, value: String) {
        self.property = property
        self.value = value
    }
}

/// How to correct a vendor's events, by the aggregate of the metric.
package struct CorrectionTraits: Sendable, Equatable {
    /// The vendor's store that these traits are about; nil if all its accounts work alike.
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

    /// The method for metrics with this aggregate.
    package subscript(aggregate: MetricAggregate) -> CorrectionMethod {
        // The initializer checks that every aggregate has one.
        methods[aggregate] ?? .impossible("unknown aggregate")
    }

    /// Whether nothing can be corrected, however the metric aggregates.
    package var isImpossible: Bool {
        methods.values.allSatisfy { if case .impossible = $0 { true } else { false } }
    }
}
