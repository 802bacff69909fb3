/// What an error of a delivery means and what to do about it, for people without the guide at hand. *Operating* has the same table.
extension DeliveryErrorCode {
    /// What happened.
    package var meaning: String {
        switch self {
        case .invalidEvent: "the vendor refused the event's content"
        case .untranslatable: "the event cannot be expressed in the vendor's format"
        case .unknownCustomer: "the vendor does not know the customer or the subscription"
        case .unknownName: "the vendor does not know the event name"
        case .duplicateConflict: "the vendor has this ID with other content"
        case .unauthorized: "the vendor refuses the key"
        case .forbidden: "the key lacks a permission, or a firewall refuses"
        case .notFound: "the address or path is wrong"
        case .payloadTooLarge: "one event is larger than the vendor accepts"
        case .rateLimited: "the vendor asked to slow down"
        case .vendorUnavailable: "502, 503 or 504"
        case .vendorError: "the vendor failed on this event"
        case .timeout: "no response in time"
        case .connectionFailed: "refused, reset, DNS or TLS"
        case .unsupported: "the vendor's API does not accept this kind of request"
        case .timestampInFuture: "nothing failed: the vendor accepts no future timestamps"
        case .foundAtVendor: "the outcome was unknown, and the vendor shows the event"
        case .otherAtVendor: "the outcome was unknown, and the vendor shows another event with this ID"
        case .absentAtVendor: "the outcome was unknown, and the vendor does not show the event"
        case .backfillCancelled: "the backfill was cancelled before the event was delivered"
        }
    }

    /// What to do.
    package var remedy: String {
        switch self {
        case .invalidEvent:
            "read the vendor's message; correct the sender, or the destination's settings for later "
                + "events"
        case .untranslatable: "the message names the field and the setting that helps; change it, then retry"
        case .unknownCustomer: "create it at the vendor, then retry"
        case .unknownName:
            "create the metric under that name at the vendor, then retry; rename in the destination "
                + "applies to later events"
        case .duplicateConflict: "find out who else writes there; set id_prefix if it is another system"
        case .unauthorized: "the provider is parked, nothing is lost; renew the key"
        case .forbidden: "the provider is parked; grant the permission"
        case .notFound: "the provider is parked; correct base_url"
        case .payloadTooLarge: "make the event smaller, or discard it"
        case .rateLimited: "nothing; set rate_limit if it is frequent"
        case .vendorUnavailable: "nothing; it is retried for 72 hours"
        case .vendorError: "retried, then rejected if it fails alone; report it to the vendor, then retry"
        case .timeout:
            "retried where the vendor deduplicates, otherwise uncertain: look at the vendor, then retry "
                + "or discard"
        case .connectionFailed: "check network, DNS and certificates; retried meanwhile"
        case .unsupported: "the provider is parked; check base_url and proxies"
        case .timestampInFuture: "wait, or correct the sender's clock and discard"
        case .foundAtVendor: "nothing; the delivery is delivered"
        case .otherAtVendor: "find out who else writes there; set id_prefix if it is another system"
        case .absentAtVendor:
            #"tollgate deliveries retry ID --status rejected,uncertain sends it again; "on_uncertain": "#
                + #""probe" does that by itself; neither sends an event of before its customer's move again to "#
                + "a vendor that bills by receipt"
        case .backfillCancelled: "start another backfill, which takes it"
        }
    }
}
