/// What a vendor can do and requires, as data: the engine follows it, and `routes.json` is checked against it.
package struct VendorTraits: Sendable, Equatable {
    package let adapter: AdapterName
    /// The vendor's name for people.
    package let vendor: String
    package let api: VendorAPI
    package let requests: RequestTraits
    /// The settings that a destination of this vendor takes in `routes.json`.
    package let settings: [SettingField]
    /// The canonical fields that the vendor cannot store: `source`.
    package let ignoredFields: [String]
    /// How the vendor shows the events that it has; nil if it shows none.
    package let reads: ReadTraits?
    package let billing: BillingTraits

    package init(
        adapter: AdapterName,
        vendor: String,
        api: VendorAPI,
        requests: RequestTraits,
        settings: [SettingField] = [],
        ignoredFields: [String] = [],
        reads: ReadTraits? = nil,
        billing: BillingTraits = BillingTraits()
    ) {
        self.adapter = adapter
        self.vendor = vendor
        self.api = api
        self.requests = requests
        self.settings = settings
        self.ignoredFields = ignoredFields
        self.reads = reads
        self.billing = billing
    }
}

/// Where a vendor's API is, and how a request names the account that it is for.
package struct VendorAPI: Sendable, Equatable {
    /// Where the vendor's hosted service is; nil if a provider must name its address.
    package let defaultBaseURL: String?
    /// What the paths of the vendor's requests begin with, such as `/v1`, which vendors often print as part of their address.
    package let pathPrefix: String
    package let credential: CredentialPlacement
    /// The settings of an account that go with every call to it, each in a header field of its own.
    package let accountHeaders: [AccountHeader]

    package init(
        defaultBaseURL: String?,
        pathPrefix: String = "",
        credential: CredentialPlacement,
        accountHeaders: [AccountHeader] = []
    ) {
        self.defaultBaseURL = defaultBaseURL
        self.pathPrefix = pathPrefix
        self.credential = credential
        self.accountHeaders = accountHeaders
    }
}

/// How a vendor takes events: the batch size, the rate, and what happens to one that is sent again.
package struct RequestTraits: Sendable, Equatable {
    package let batch: BatchLimit
    package let deduplication: Deduplication
    /// How long the vendor may take to answer a batch before the outcome counts as unknown.
    package let timeout: Duration
    /// The documented limit on requests; nil if there is none.
    package let rateLimit: RateLimit?

    package init(
        batch: BatchLimit,
        deduplication: Deduplication,
        timeout: Duration = .seconds(30),
        rateLimit: RateLimit? = nil
    ) {
        self.batch = batch
        self.deduplication = deduplication
        self.timeout = timeout
        self.rateLimit = rateLimit
    }
}

/// In which billing period a vendor counts an event, and whether it can still be corrected there.
package struct BillingTraits: Sendable, Equatable {
    /// Which time decides on whose bill an event is.
    package let clock: BillingClock
    /// How events that the vendor has are corrected, for each of its stores; empty if that is not known.
    package let corrections: [CorrectionTraits]

    package init(clock: BillingClock = .eventTime, corrections: [CorrectionTraits] = []) {
        self.clock = clock
        self.corrections = corrections
    }
}

/// Which time of an event decides in which billing period it is.
package enum BillingClock: String, Sendable {
    /// The event's own timestamp: a late event is on the bill of its own time.
    case eventTime = "event_time"
    /// When the vendor receives it: a late event is on the bill of the current period.
    case receipt
}

/// How a vendor shows the events that it has.
package struct ReadTraits: Sendable, Equatable {
    /// The longest time from the vendor's confirmation until its lists show the event, as far as it is known.
    package let lag: Duration
    package let lists: ListTraits
    /// How it shows sums of a property; nil if it does not, or only to accounts that pay for it.
    package let sums: SumTraits?
    /// How it shows what it bills; nil if it does not.
    package let usage: UsageTraits?
    /// The ``CorrectionTraits/store`` in which the vendor shows an event immediately; nil if there is none.
    package let immediateStore: String?
    /// Whether sending an event again is harmless, and the vendor says how many it did not have: see ``VendorReader/resend(_:)``.
    package let countsNewEvents: Bool
    /// Maximum number of ids per call of ``VendorReader/events(withIDs:in:)``; nil if the vendor cannot find events by ids in their
    /// properties.
    package let idsPerRequest: Int?

    package init(
        lag: Duration,
        lists: ListTraits,
        sums: SumTraits? = nil,
        usage: UsageTraits? = nil,
        immediateStore: String? = nil,
        countsNewEvents: Bool = false,
        idsPerRequest: Int? = nil
    ) {
        self.usage = usage
        self.idsPerRequest = idsPerRequest
        self.immediateStore = immediateStore
        self.countsNewEvents = countsNewEvents
        precondition(lag > .zero, "a vendor shows events some time after it has them")
        self.lag = lag
        self.lists = lists
        self.sums = sums
    }
}

/// How a vendor lists the events of a window of time.
package struct ListTraits: Sendable, Equatable {
    /// Maximum number of events of a page of a list.
    package let pageSize: Int
    /// Whether a list of several pages shows each event once, and events can be counted without listing them; else only a window that
    /// fits one page is read.
    package let isPaged: Bool
    /// The vendor cuts the bounds of a window to whole seconds.
    package let cutsToSeconds: Bool

    package init(pageSize: Int, isPaged: Bool = true, cutsToSeconds: Bool = false) {
        precondition(pageSize > 0, "a list without events shows nothing")
        self.pageSize = pageSize
        self.isPaged = isPaged
        self.cutsToSeconds = cutsToSeconds
    }
}

/// How a vendor shows the sums of its meters.
package struct SumTraits: Sendable, Equatable {
    /// The length of one part of time. Parts begin at multiples of it since 1970.
    package let part: Duration
    /// The longest span of one question.
    package let longest: Duration

    package init(part: Duration, longest: Duration) {
        precondition(part > .zero && longest >= part, "a question that holds no part has no answer")
        self.part = part
        self.longest = longest
    }
}

/// Where a vendor expects its credential.
package enum CredentialPlacement: Sendable, Equatable {
    /// In a header field, after a prefix such as `Bearer ` (empty if the value is alone).
    case header(name: String, prefix: String)
    /// In a query parameter.
    case query(name: String)
}

/// A setting of a provider in `routes.json` that is sent in a header field and selects a part of the vendor's account.
package struct AccountHeader: Sendable, Equatable {
    /// The setting's name in `routes.json`.
    package let setting: String
    /// The header field's name.
    package let header: String
    /// One sentence for people: what it does, and the default.
    package let summary: String

    package init(setting: String, header: String, summary: String) {
        self.setting = setting
        self.header = header
        self.summary = summary
    }
}

/// Maximum size of one request.
package struct BatchLimit: Sendable, Equatable {
    package let events: Int
    /// Maximum size of the request body.
    package let bytes: Int
    /// Whether it must not hold two events of one ``TranslatedEvent/identity``.
    package let oneIdentityOnce: Bool

    package init(events: Int, bytes: Int, oneIdentityOnce: Bool = false) {
        precondition(events > 0 && bytes > 0, "a batch of nothing never gets anywhere")
        self.events = events
        self.bytes = bytes
        self.oneIdentityOnce = oneIdentityOnce
    }

    /// The same limit with a smaller number of events; at least one.
    package func events(atMost most: Int) -> BatchLimit {
        BatchLimit(events: max(1, min(events, most)), bytes: bytes, oneIdentityOnce: oneIdentityOnce)
    }

    /// How many bytes another event may have in a request that already has so many bytes of events: without the comma before it, and
    /// without what surrounds the events.
    package func room(behind carried: Int) -> Int { bytes - 256 - carried - 1 }
}

/// Whether it is safe to send an event again while it is unknown whether it arrived.
package enum Deduplication: Sendable, Equatable {
    /// The vendor counts a repeat again: an attempt with unknown outcome is never repeated automatically.
    case none
    /// The vendor keeps one of several events with the same identity, within `memory`; nil means forever. What may have arrived longer ago
    /// is not sent again automatically.
    case byIdentity(memory: Duration?)
}

/// A number of requests per period.
package struct RateLimit: Sendable, Equatable {
    package let requests: Int
    package let per: Duration

    /// - Precondition: both are positive.
    package init(requests: Int, per: Duration) {
        precondition(requests > 0 && per > .zero, "a limit of nothing never lets anything pass")
        self.requests = requests
        self.per = per
    }
}
