package import Events

/// What would happen to an event if it were sent now.
package struct EventPreview: Sendable {
    /// As it would be accepted; an id is made up where none is given.
    package let event: AcceptedEvent
    /// One per destination of the plan, in its order. None if the route goes nowhere.
    package let destinations: [DestinationPreview]
    /// Whose bill the event is on; nil if no migration decides it.
    package var record: ProviderOfRecord?
}

/// Which of a migration's two providers has an event on its bill.
package struct ProviderOfRecord: Sendable, Equatable {
    package let migration: MigrationName
    package let provider: ProviderName
}

/// What one provider would get.
package struct DestinationPreview: Sendable {
    /// The outcome of the translation.
    package enum Result: Sendable, Equatable {
        /// The request, if the event is alone in it. A shadow destination is not sent it.
        case request(PreviewedRequest)
        /// The event would become a dead letter: which field is in the way, and which setting helps.
        case untranslatable(Untranslatable)
        /// The provider was removed from `routes.json` meanwhile.
        case notConfigured
    }

    package let destination: Destination
    package let result: Result
    /// The event waits until then, because the vendor refuses earlier ones; nil if it is sent at once.
    package let notBefore: Timestamp?
}

/// A request as it would be sent, without its secret.
package struct PreviewedRequest: Sendable, Equatable {
    package let method: String
    /// The full address; a credential in its query is ``secret``.
    package let url: String
    /// In order, without `Host` and `Content-Length`. The value of the credential is ``secret``.
    package let headers: [Header]
    package let body: [UInt8]
    /// The part of ``url`` below the account's base URL, without a credential.
    package let path: String

    /// Stands for the credential.
    package static let secret = "[redacted]"

    /// A header field.
    package struct Header: Sendable, Equatable {
        package let name: String
        package let value: String
    }
}
