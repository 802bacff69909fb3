import ConfigurationFile
import Events
import JSON
import OfRecord

/// Checks of one migration that exactly one of its two providers is of record for every customer at every time, whatever its log says.
///
/// Either no destination of the two has a time: then the log decides, and both must be able to get every event of the route. Or all time is
/// divided among their destinations: then these decide. What is neither is a gap or an overlap.
struct MigrationCheck {
    let name: MigrationName
    let route: Route
    let from: ProviderName
    let to: ProviderName
    /// The route's destinations as they stand in the file.
    let written: [WrittenDestination]

    private var own: [WrittenDestination] { written.filter { [from, to].contains($0.routed.destination.provider) } }

    /// Who is of record if the destinations' times decide it; nil if the log does.
    var fixed: FixedRecord? {
        guard own.contains(where: { $0.routed.window != .always }) else { return nil }
        return FixedRecord(windows: own.filter { $0.routed.destination.provider == to }.map(\.routed.window))
    }

    /// Finds every gap and every overlap.
    /// - Parameter value: the migration.
    func checkRecord(at value: JSONValue, _ fields: inout FieldReader) {
        for destination in own {
            let (routed, provider) = (destination.routed, destination.routed.destination.provider)
            if routed.share < 100 {
                fields.fault(
                    destination.value["share"] ?? destination.value,
                    "gap: customers outside of this share would get no vendor of record when \"\(name)\" moves them; remove "
                        + "\"share\": the migration decides who moves"
                )
            }
            guard !routed.destination.mode.isDelivered, provider == from || fixed != nil else { continue }
            fields.fault(
                destination.value["mode"] ?? destination.value,
                "gap: \"\(provider)\" is of record\(routed.window.text) before \"\(name)\" moves customers, and gets no event in mode "
                    + "\"\(routed.destination.mode.rawValue)\"; use primary or mirror"
            )
        }
        guard fixed != nil else { return }
        checkTimes(at: value, &fields)
    }

    private func checkTimes(at value: JSONValue, _ fields: inout FieldReader) {
        for gap in EventWindow.gaps(between: own.map(\.routed.window)) {
            fields.fault(
                place(of: gap) ?? value,
                "gap: neither \"\(from)\" nor \"\(to)\" is of record for events\(gap.text); \"until\" of the one must be \"from\" of the other"
            )
        }
        for (index, later) in own.enumerated() {
            for earlier in own[..<index] where earlier.routed.destination.provider != later.routed.destination.provider
            {
                guard let overlap = earlier.routed.window.overlap(with: later.routed.window) else { continue }
                let times = ["from", "until", "accepted_from", "accepted_until"]
                fields.fault(
                    times.lazy.compactMap { later.value[$0] }.first ?? later.value,
                    "overlap: both \"\(from)\" and \"\(to)\" are of record for events\(overlap.text); \"until\" of the one must be "
                        + "\"from\" of the other, or remove both: then the migration decides"
                )
            }
        }
    }

    /// The time in the file at which a gap ends, or else begins; nil if it has neither.
    private func place(of gap: EventWindow) -> JSONValue? {
        func place(_ name: String, _ time: Timestamp?, _ bound: (EventWindow) -> Timestamp?) -> JSONValue? {
            guard let time else { return nil }
            return own.first { bound($0.routed.window) == time }?.value[name]
        }
        return place("from", gap.event.until, \.event.from) ?? place("until", gap.event.from, \.event.until)
            ?? place("accepted_from", gap.acceptance.until, \.acceptance.from)
            ?? place("accepted_until", gap.acceptance.from, \.acceptance.until)
    }

    /// Two providers at one account are no move.
    func checkAccounts(_ accounts: VendorAccounts, at value: JSONValue, _ fields: inout FieldReader) {
        guard accounts.areSame(from, to) else { return }
        fields.fault(
            value,
            "overlap: \"\(from)\" and \"\(to)\" are one account at their vendor, so both would be of record for every event"
        )
    }

    /// A customer can take part in one migration only: he would be moved twice.
    func checkOthers(
        _ others: [MigrationConfiguration],
        of routes: [Route],
        at value: JSONValue,
        _ fields: inout FieldReader
    ) {
        let found = others.first { other in
            routes.first { $0.name == other.route }.map { $0.match.mayShareCustomers(with: route.match) } ?? false
        }
        guard let found else { return }
        let message =
            found.route == route.name
            ? "overlap: \"\(found.name)\" moves the customers of this route too"
            : "overlap: \"\(found.name)\" may move the same customers by the route \"\(found.route)\"; give both routes \"customer_id\" "
                + "conditions that no customer meets twice"
        fields.fault(value, message + "; a customer can be in one migration only")
    }

    /// Warns of other routes that send the same customers' events to the old provider, which goes on billing them.
    func warnOfOtherRoutes(
        _ routes: [Route],
        _ written: [RouteName: [WrittenDestination]],
        _ fields: inout FieldReader
    ) {
        for other in routes where other.name != route.name && other.match.mayShareCustomers(with: route.match) {
            let destination = written[other.name]?.first {
                $0.routed.destination.provider == from && $0.routed.destination.mode.isDelivered
            }
            guard let destination else { continue }
            fields.fault(
                destination.value,
                "\"\(from)\" goes on billing events of the route \"\(other.name)\" for customers that \"\(name)\" has moved; send them "
                    + "by the route \"\(route.name)\" if they should move too",
                severity: .warning
            )
        }
    }
}

extension DeliveryMode {
    /// Whether events are sent.
    var isDelivered: Bool {
        switch self {
        case .primary, .mirror: true
        case .shadow, .off: false
        }
    }
}

extension RouteMatch {
    /// Whether events of one customer may meet both these conditions and others.
    func mayShareCustomers(with other: RouteMatch) -> Bool {
        customers.isEmpty || other.customers.isEmpty
            || customers.contains { one in other.customers.contains { one.overlaps(with: $0) } }
    }
}
