import Events
import GRDB
import Journal

/// Looks for events in the segments of one moment, and in the journal where no segment is.
struct ColumnSearch {
    let snapshot: ColumnIndex.Snapshot
    let query: ColumnQuery
    let index: ColumnIndex
    let reader: JournalReader
    let db: Database

    /// The first places of an order, in that order.
    ///
    /// - Parameters:
    ///   - search: tells the order, and where the places end.
    ///   - after: the places begin behind it; at the first one if nil.
    ///   - most: how many are wanted.
    func places(_ search: EventSearch, after: EventCursor?, most: Int) throws -> [EventCursor] {
        var first = FirstPlaces(order: search.order, after: after, until: search.until, most: most)
        for gap in snapshot.gaps {
            try index.forEachSegment(of: gap, reader, in: db) { segment in
                try add(segment, to: &first)
                return true
            }
        }
        let segments = snapshot.segments.filter { $0.count > 0 }.sorted { left, right in
            search.order == .oldestFirst
                ? left.header.times.lowerBound < right.header.times.lowerBound
                : left.header.times.upperBound > right.header.times.upperBound
        }
        for segment in segments {
            // What follows begins later still.
            let times = segment.header.times
            guard first.mayTake(search.order == .oldestFirst ? times.lowerBound : times.upperBound) else { break }
            try add(segment, to: &first)
        }
        return first.places
    }

    private func add(_ segment: ColumnSegment, to first: inout FirstPlaces) throws {
        guard let times = first.times(within: query.times) else { return }
        guard segment.count > 0, segment.header.times.overlaps(times) else { return }
        let reading = try segment.open()
        let rows = try query.rows(of: reading, within: times)
        guard rows.count > 0 else { return }
        let (timestamps, sequences) = (try reading.column(.timestamps), try reading.sequences())
        timestamps.forEach(rows, backwards: first.order == .newestFirst) { row, timestamp in
            first.add(timestamp) { sequences[row] }
        }
        first.settle()
    }

    /// How many events the query takes.
    func count() throws -> Int {
        var count = 0
        try forEachSegment { segment in
            if canAnswerFromSummaries(segment) {
                let reading = try segment.open()
                let summaries = try reading.summaries()
                for (number, _) in try query.names(in: reading) { count += Int(summaries[number - 1].count) }
            } else if segment.count > 0, segment.header.times.overlaps(query.times) {
                count += try query.rows(of: try segment.open(), within: query.times).count
            }
        }
        return count
    }

    /// The sequence numbers of all events that the query takes, segment by segment, ascending in each.
    func forEachGroup(_ body: ([Int64]) throws -> Void) throws {
        try forEachSegment { segment in
            guard segment.count > 0, segment.header.times.overlaps(query.times) else { return }
            let reading = try segment.open()
            let (rows, sequences) = (try query.rows(of: reading, within: query.times), try reading.sequences())
            var group: [Int64] = []
            group.reserveCapacity(rows.count)
            rows.forEach { group.append(sequences[$0]) }
            try body(group)
        }
    }

    /// The names of the events that the query takes.
    func names() throws -> NameCounts {
        var counts = NameCounts()
        try forEachSegment { segment in
            guard segment.count > 0, segment.header.times.overlaps(query.times) else { return }
            let reading = try segment.open()
            var summaries: [ColumnBuilder.Summary]
            if canAnswerFromSummaries(segment) {
                summaries = try reading.summaries()
            } else {
                summaries = try self.summaries(of: reading)
            }
            for (number, name) in try query.names(in: reading) where summaries[number - 1].count > 0 {
                let summary = summaries[number - 1]
                counts.add(Array(name), count: Int(summary.count), from: summary.first, to: summary.last)
            }
        }
        return counts
    }

    /// As the segment's own, but of the rows that the query takes.
    private func summaries(of reading: ColumnReading) throws -> [ColumnBuilder.Summary] {
        let rows = try query.rows(of: reading, within: query.times)
        var names: [Int] = []
        names.reserveCapacity(rows.count)
        try reading.column(.names).forEach(rows) { _, number in names.append(Int(number) - 1) }
        let none = ColumnBuilder.Summary(count: 0, first: .max, last: .min)
        var summaries = try reading.summaries().map { _ in none }
        var next = 0
        try reading.column(.timestamps).forEach(rows) { _, timestamp in
            let name = names[next]
            next += 1
            summaries[name].count += 1
            summaries[name].first = min(summaries[name].first, timestamp)
            summaries[name].last = max(summaries[name].last, timestamp)
        }
        return summaries
    }

    private func canAnswerFromSummaries(_ segment: ColumnSegment) -> Bool {
        query.asksForNamesAlone && segment.count > 0 && query.times.contains(segment.header.times.lowerBound)
            && query.times.contains(segment.header.times.upperBound) && !query.hidden.overlaps(segment.range)
    }

    private func forEachSegment(_ body: (ColumnSegment) throws -> Void) throws {
        for gap in snapshot.gaps {
            try index.forEachSegment(of: gap, reader, in: db) { segment in
                try body(segment)
                return true
            }
        }
        for segment in snapshot.segments { try body(segment) }
    }
}
