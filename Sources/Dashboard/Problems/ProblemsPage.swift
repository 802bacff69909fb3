import Events
package import Journal
package import Reports

/// Deliveries that failed: by cause, then each.
package struct ProblemsPage: PageContent {
    /// Deliveries that failed for the same reason.
    struct Group: Sendable {
        let provider: String
        let mark: String
        let code: String
        let eventName: String
        let count: String
        let first: TimeText
        let last: TimeText
        let said: String
        let exampleHref: String
        let exampleID: String
        let listHref: String
        /// The dry run of a retry of the group; nil if the client is not allowed to retry, or if nothing in it can be retried.
        let retryHref: String?
        let retryLabel: String
    }

    /// What a code means, and what to do about it.
    struct Advice: Sendable {
        let code: String
        let meaning: String
        let remedy: String
    }

    /// One delivery.
    struct Row: Sendable {
        let selection: String
        let label: String
        let id: String
        let href: String
        let provider: String
        let mark: String
        let eventName: String
        let customerID: String
        let accepted: TimeText
        let attempts: String
        let next: TimeText?
        let said: String
        let canChange: Bool
    }

    /// A column that the causes can be sorted by.
    package enum Column: String, SortColumn {
        case provider, name, deliveries
        /// Of the first delivery of a cause.
        case age

        package var beginsWithLargest: Bool { self == .deliveries || self == .age }
    }

    package static let template = "Problems"
    package let title = "Problems"
    let filter: ProblemsFilter
    /// As the address has it; nil for the usual order.
    let sort: String?
    let causeHeads: [ColumnHead]
    let acceptedHead: ColumnHead
    let groups: [Group]
    let hasGroups: Bool
    /// On the codes of the groups, each once.
    let advice: [Advice]
    let hasAdvice: Bool
    let total: String
    let others: String?
    /// How far the count came, if its time ran out.
    let countedUntil: TimeText?
    let rows: [Row]
    let hasRows: Bool
    let isFiltered: Bool
    let mayRevise: Bool
    let pager: Pager

    /// - Parameters:
    ///   - groups: nil if the page shows a later part of the list.
    ///   - order: of the groups; nil: the largest first.
    ///   - mayRevise: whether the client may retry and discard.
    package init(
        _ filter: ProblemsFilter,
        _ groups: DeliveryGroups?,
        by order: TableOrder<Column>? = nil,
        _ page: DeliveryPage,
        limit: Int,
        cursor: String?,
        mayRevise: Bool
    ) {
        self.filter = filter
        let order = order ?? TableOrder(.deliveries)
        let sorted = Self.sorted(groups?.groups ?? [], by: order)
        (causeHeads, acceptedHead) = Self.heads(order, filter)
        sort = Self.shown(order.text)
        self.groups = sorted.prefix(Self.mostGroups).map { Self.group($0, filter, mayRevise) }
        hasGroups = !self.groups.isEmpty
        advice = Self.advice(sorted)
        hasAdvice = !advice.isEmpty
        total = groups.map { PlainNumbers.deliveries($0.total) } ?? ""
        let beyond = PlainNumbers.sum([groups?.others ?? 0] + sorted.dropFirst(Self.mostGroups).map(\.count))
        others = beyond > 0 ? PlainNumbers.deliveries(beyond) : nil
        countedUntil = groups?.countedUntil.map { TimeText($0) }
        rows = page.deliveries.map(Self.row)
        hasRows = !rows.isEmpty
        isFiltered = !filter.hidden.isEmpty || cursor != nil
        self.mayRevise = mayRevise
        pager = Pager(
            Screen.problems.path,
            filter.parameters + [("sort", sort)],
            limit: limit,
            cursor: cursor,
            next: page.next.map(Self.text),
            csv: "/dashboard/problems.csv"
        )
    }

    /// Maximum number of groups that are shown.
    private static let mostGroups = 100

    private static func sorted(_ groups: [DeliveryGroup], by order: TableOrder<Column>) -> [DeliveryGroup] {
        switch order.column {
        case .provider: order.sorted(groups) { $0.key.provider }
        case .name: order.sorted(groups) { $0.key.name }
        case .deliveries: order.sorted(groups) { $0.count }
        // The oldest is the one with the smallest time.
        case .age: order.sorted(groups) { -$0.first.milliseconds }
        }
    }

    /// The usual order is not in addresses.
    private static func shown(_ sort: String) -> String? { sort == Column.deliveries.rawValue ? nil : sort }

    private static func heads(_ order: TableOrder<Column>, _ filter: ProblemsFilter) -> ([ColumnHead], ColumnHead) {
        func head(_ label: String, _ column: Column, isNumber: Bool = false) -> ColumnHead {
            ColumnHead(label, column, isNumber: isNumber, of: order) { sort in
                PageLink.address(Screen.problems.path, filter.parameters + [("sort", shown(sort))])
            }
        }
        let causes = [
            head("Provider", .provider), ColumnHead("Status"), ColumnHead("Error"), head("Name", .name),
            head("Deliveries", .deliveries, isNumber: true),
        ]
        return (causes, head("Accepted (UTC)", .age))
    }

    /// The states in which a person may retry a delivery.
    private static let retryable: Set<DeliveryStatus> = [.rejected, .uncertain, .retrying]

    private static func text(_ cursor: DeliveryCursor) -> String { "\(cursor.sequence.rawValue).\(cursor.provider)" }

    private static func advice(_ groups: [DeliveryGroup]) -> [Advice] {
        let codes = Set(groups.prefix(mostGroups).compactMap(\.key.errorCode))
        return DeliveryErrorCode.allCases.filter(codes.contains).map {
            Advice(code: $0.rawValue, meaning: $0.meaning, remedy: $0.remedy)
        }
    }

    private static func group(_ group: DeliveryGroup, _ filter: ProblemsFilter, _ mayRevise: Bool) -> Group {
        let own: [(name: String, value: String?)] = [
            ("provider", group.key.provider.rawValue), ("status", group.key.status.rawValue),
            ("error_code", group.key.errorCode?.rawValue), ("name", group.key.name),
        ]
        let kept = filter.parameters.filter { parameter in !own.contains { $0.name == parameter.name } }
        // Without a code the filter would also take deliveries of other groups.
        let mayRetry = mayRevise && group.key.errorCode != nil && retryable.contains(group.key.status)
        let retry: [(name: String, value: String?)] = [("action", "retry"), ("scope", "all")]
        let cause = group.key.errorCode?.rawValue ?? "-"
        return Group(
            provider: group.key.provider.rawValue,
            mark: group.key.status.rawValue,
            code: cause,
            eventName: group.key.name,
            count: PlainNumbers.count(group.count),
            first: TimeText(group.first),
            last: TimeText(group.last),
            said: group.example.fault.map { $0.vendor ?? $0.message } ?? "",
            exampleHref: PageLink.event(group.example.eventID.rawValue),
            exampleID: group.example.eventID.rawValue,
            listHref: PageLink.address(Screen.problems.path, own + kept),
            retryHref: mayRetry ? PageLink.address("\(Screen.problems.path)/plan", retry + own + kept) : nil,
            retryLabel: "Retry \(cause) of \(group.key.name) at \(group.key.provider)"
        )
    }

    private static func row(_ archived: ArchivedDelivery) -> Row {
        let (event, delivery) = (archived.event, archived.delivery)
        let id = event.id.rawValue
        return Row(
            selection: "\(delivery.provider.rawValue)/\(id)",
            label: "Select \(id) at \(delivery.provider)",
            id: id,
            href: PageLink.event(id),
            provider: delivery.provider.rawValue,
            mark: delivery.status.rawValue,
            eventName: event.name,
            customerID: event.customerID ?? event.subscriptionID ?? "-",
            accepted: TimeText(event.acceptedAt),
            attempts: "\(delivery.attempts)",
            next: delivery.nextAttemptAt.map { TimeText($0) },
            said: delivery.fault.map { "\($0.code.rawValue): \($0.vendor ?? $0.message)" } ?? "",
            canChange: retryable.contains(delivery.status)
        )
    }
}
