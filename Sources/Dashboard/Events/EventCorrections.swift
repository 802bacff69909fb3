package import Events

/// The corrections of an event, and what may still be corrected.
package struct EventCorrections: Sendable {
    /// An event that corrects this one.
    struct Row: Sendable {
        let id: String
        let href: String
        let kind: String
        let at: TimeText
        let properties: String
        let deliveries: [Mark]
    }

    /// Where it stands at one vendor.
    struct Mark: Sendable {
        let mark: String
        let text: String
    }

    let rows: [Row]
    let hasRows: Bool
    /// The event that this one corrects.
    let corrects: Corrected?
    /// Where it can be taken back; nil if the visitor is not allowed to, or if it is a correction itself.
    let voidHref: String?
    let adjustHref: String?

    /// An event that is corrected.
    struct Corrected: Sendable {
        let id: String
        let href: String
    }

    /// - Parameters:
    ///   - made: the events that correct it, oldest first.
    ///   - mayCorrect: whether the visitor may send events.
    ///   - subscription: which of several events with one ID; nil if there is one only.
    package init(
        of event: AcceptedEvent,
        made: [ArchivedEvent],
        mayCorrect: Bool,
        subscription: String?,
        hidesProperties: Bool
    ) {
        rows = made.map { archived in
            Row(
                id: archived.event.id.rawValue,
                href: PageLink.event(archived.event.id.rawValue),
                kind: Self.kind(of: archived.event),
                at: TimeText(archived.event.acceptedAt),
                properties: hidesProperties
                    ? EventText.hiddenText
                    : archived.event.properties.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "",
                deliveries: archived.deliveries.map {
                    Mark(mark: $0.status.rawValue, text: "\($0.provider): \($0.status.rawValue)")
                }
            )
        }
        hasRows = !rows.isEmpty
        corrects = event.corrects.map {
            Corrected(id: $0.original.rawValue, href: PageLink.event($0.original.rawValue))
        }
        let path = PageLink.event(event.id.rawValue)
        let which = [("subscription_id", subscription)] as [(name: String, value: String?)]
        let isOpen = mayCorrect && event.corrects == nil
        voidHref = isOpen ? PageLink.address("\(path)/void", which) : nil
        adjustHref = isOpen ? PageLink.address("\(path)/adjust", which) : nil
    }

    /// What a correction does, and how it was sent.
    private static func kind(of event: AcceptedEvent) -> String {
        let replaces = event.plan.destinations.contains { $0.correction == .replacing }
        return (event.correctionKind?.rawValue ?? "correction") + (replaces ? ", in its place" : ", beside it")
    }
}
