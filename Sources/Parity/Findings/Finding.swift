package import Events

/// One difference between the journal and a provider.
package struct Finding: Sendable, Equatable {
    /// The same for the same difference in every read.
    package let key: String
    package let provider: ProviderName
    package fileprivate(set) var cause: Cause
    package let subject: FindingSubject
    package fileprivate(set) var differences: [ContentDifference]
    /// One sentence for people; nil if the cause says it all.
    package fileprivate(set) var detail: String?
    /// Whether two reads a visibility lag apart agree on it, or none is needed.
    package var isConfirmed: Bool

    package init(
        key: String,
        provider: ProviderName,
        cause: Cause,
        about subject: FindingSubject,
        differences: [ContentDifference] = [],
        detail: String? = nil,
        isConfirmed: Bool = false
    ) {
        self.key = key
        self.provider = provider
        self.cause = cause
        self.subject = subject
        self.differences = differences
        self.detail = detail
        self.isConfirmed = isConfirmed
    }

    /// The same difference with another cause, which is known now.
    package func explained(as cause: Cause, _ differences: [ContentDifference]) -> Finding {
        var finding = self
        (finding.cause, finding.differences) = (cause, differences)
        return finding
    }

    /// The same difference with another sentence for people.
    package func with(detail: String) -> Finding {
        var finding = self
        finding.detail = detail
        return finding
    }
}

/// What a finding is about: one event as the journal or the vendor has it, or all of a name from a time on.
package struct FindingSubject: Sendable, Equatable {
    /// The event in the journal; nil for one that only the vendor has.
    package let sequence: SequenceNumber?
    package let tenant: TenantID?
    /// As the application named it; of an event that only the vendor has, as the vendor shows it.
    package let eventID: String?
    /// The vendor's own id.
    package let vendorID: String?
    package let name: String
    package let customerID: String?
    package let subscriptionID: String?
    package let timestamp: Timestamp

    package init(
        sequence: SequenceNumber? = nil,
        tenant: TenantID? = nil,
        eventID: String? = nil,
        vendorID: String? = nil,
        name: String,
        customerID: String? = nil,
        subscriptionID: String? = nil,
        timestamp: Timestamp
    ) {
        self.sequence = sequence
        self.tenant = tenant
        self.eventID = eventID
        self.vendorID = vendorID
        self.name = name
        self.customerID = customerID
        self.subscriptionID = subscriptionID
        self.timestamp = timestamp
    }
}
