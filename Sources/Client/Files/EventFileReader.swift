import JSON

/// Reads the events of a file one by one: one event per line, JSON arrays, `{"events": [...]}`, pretty-printed values, with or
/// without line ends between them, canonical or CloudEvents.
///
/// Only the value that is being read is in memory. An invalid value is one fault; reading continues in the next line.
package struct EventFileReader: FileEventReading {
    /// The content of a file.
    package enum Item: Equatable {
        case event(FileEvent)
        case fault(FileFault)
    }

    private let bytes: FileBytes
    private var values: any FileValueReading
    private let largestValueBytes: Int

    private var buffer: [UInt8] = []
    /// Where reading continues in ``buffer``, and the number of that line.
    private var cursor = 0
    private var line = 1
    private var isAtLineStart = true
    private var isComplete = false
    private var hasSeenValue = false

    /// The arrays around the values that are being read: how many are open, and how many values stood in them.
    private var openArrays = 0
    private var elements = 0

    private var ready: [Item] = []
    private var nextReady = 0

    /// - Parameters:
    ///   - source: the name that sets the ids made for this file's events apart from other files'.
    ///   - requiresIDs: whether an event without an id is a fault.
    ///   - largestEventBytes: an event with more bytes is a fault.
    ///   - largestValueBytes: maximum number of bytes that one JSON value may have, such as an `{"events": [...]}`.
    package init(
        _ bytes: FileBytes,
        source: String,
        requiresIDs: Bool = false,
        largestEventBytes: Int = 32 << 20,
        largestValueBytes: Int = 256 << 20
    ) {
        let maker = FileEventMaker(source: source, requiresIDs: requiresIDs, largestBytes: largestEventBytes)
        self.init(bytes, values: maker, largestValueBytes: largestValueBytes)
    }

    /// - Parameter values: makes events of the file's values.
    package init(_ bytes: FileBytes, values: any FileValueReading, largestValueBytes: Int = 256 << 20) {
        self.bytes = bytes
        self.values = values
        self.largestValueBytes = largestValueBytes
    }

    /// How many bytes of the file were read.
    package var bytesRead: Int { bytes.bytesRead }

    /// The next event or fault; nil at the end of the file.
    /// - Throws: ``FileFailure`` if nothing more can be read.
    package mutating func next() throws(FileFailure) -> Item? {
        while nextReady == ready.count {
            ready = []
            nextReady = 0
            guard try skipSeparators() else { return endOfFile() }
            try readValue()
        }
        nextReady += 1
        return ready[nextReady - 1]
    }

    // MARK: - Values

    /// Skips what stands between values; false at the end of the file.
    private mutating func skipSeparators() throws(FileFailure) -> Bool {
        while try fill(cursor) {
            switch buffer[cursor] {
            case 0x0A:
                line += 1
                isAtLineStart = true
                cursor += 1
                continue
            case 0x20, 0x09, 0x0D, UInt8(ascii: ","): break
            case 0xEF where cursor == 0 && line == 1 && buffer.starts(with: [0xEF, 0xBB, 0xBF]):
                // A byte order mark, as Windows programs write it.
                cursor += 3
                continue
            case UInt8(ascii: "["):
                openArrays += 1
                elements = 0
                isAtLineStart = false
            case UInt8(ascii: "]"):
                openArrays = max(0, openArrays - 1)
                isAtLineStart = false
            default: return true
            }
            cursor += 1
        }
        return false
    }

    private mutating func endOfFile() -> Item? {
        guard openArrays > 0 else { return nil }
        openArrays = 0
        return .fault(FileFault(FilePosition(line: line), "the array is never closed; the file may have been cut off"))
    }

    private mutating func readValue() throws(FileFailure) {
        compact()
        if !hasSeenValue { try failIfTable() }
        hasSeenValue = true
        elements += 1
        if isAtLineStart, try readLine() { return }
        var boundary = ValueBoundary()
        var end = cursor
        while true {
            let verdict = boundary.read(buffer, in: end..<buffer.count)
            end = buffer.count
            switch verdict {
            case .complete(let end): return take(until: end)
            case .broken(let offset): return try refuse(until: offset)
            case .unfinished: break
            }
            guard end - cursor <= largestValueBytes else {
                return try refuse("this value has more than \(largestValueBytes) bytes")
            }
            guard try fill(end) else {
                if case .complete(let end) = boundary.end(at: end) { return take(until: end) }
                return try refuse(until: end)
            }
        }
    }

    /// Reads a value that is all of its line, as most are, without a look at its inside; false if it is not.
    private mutating func readLine() throws(FileFailure) -> Bool {
        var end = cursor
        while try fill(end), buffer[end] != 0x0A {
            end = buffer[end...].firstIndex(of: 0x0A) ?? buffer.count
            guard end - cursor <= largestValueBytes else { return false }
        }
        var last = end
        while last > cursor, [0x20, 0x09, 0x0D, UInt8(ascii: ",")].contains(buffer[last - 1]) { last -= 1 }
        guard buffer[cursor] == UInt8(ascii: "{"), buffer[last - 1] == UInt8(ascii: "}") else { return false }
        guard let document = Self.parse(buffer[cursor..<last]) else { return false }
        emit(document.root)
        cursor = end
        return true
    }

    private mutating func take(until end: Int) {
        do {
            let document = try JSONDocument(parsing: Array(buffer[cursor..<end]), limits: Self.limits)
            emit(document.root)
        } catch {
            fault(error)
        }
        pass(end)
    }

    /// Notes a value that is not JSON, and continues in the line after its first one.
    private mutating func refuse(until end: Int) throws(FileFailure) {
        do {
            // To the end of the line, so that the parser sees the whole value.
            let lineEnd = buffer[min(end, buffer.count)...].firstIndex(of: 0x0A) ?? buffer.count
            let document = try JSONDocument(parsing: Array(buffer[cursor..<lineEnd]), limits: Self.limits)
            emit(document.root)
            return pass(lineEnd)
        } catch {
            fault(error)
        }
        try skipLine()
    }

    private mutating func refuse(_ message: String) throws(FileFailure) {
        ready.append(.fault(FileFault(position, message)))
        try skipLine()
    }

    /// Stops at a first line of fields that are no JSON, with one sentence instead of a fault per line.
    private mutating func failIfTable() throws(FileFailure) {
        guard openArrays == 0, buffer[cursor] != UInt8(ascii: "{") else { return }
        _ = try fill(cursor + 4095)
        let first = buffer[cursor...].prefix(4096).prefix { $0 != 0x0A }
        let hasFields = first.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") || $0 == 0x09 }
        guard hasFields, !first.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") }) else { return }
        throw .unsupported(
            "this looks like CSV, not JSON; use tollgate import --format csv, or convert each row to an object such as "
                + #"{"id": "...", "name": "...", "customer_id": "...", "timestamp": "...", "properties": {...}}"#
        )
    }

    private mutating func skipLine() throws(FileFailure) {
        while try fill(cursor), buffer[cursor] != 0x0A {
            cursor = buffer[cursor...].firstIndex(of: 0x0A) ?? buffer.count
            compact()
        }
    }

    /// Moves past a value, counting its lines.
    private mutating func pass(_ end: Int) {
        line += buffer[cursor..<end].count { $0 == 0x0A }
        cursor = end
        isAtLineStart = false
    }

    // MARK: - Results

    private var position: FilePosition {
        FilePosition(line: line, element: openArrays > 0 && !isAtLineStart ? elements : nil)
    }

    private mutating func emit(_ root: JSONValue) {
        if let events = list(in: root) {
            for (index, event) in events.elements.enumerated() {
                add(event, at: FilePosition(line: line, element: index + 1))
            }
        } else {
            add(root, at: position)
        }
    }

    /// The events of a page.
    private func list(in root: JSONValue) -> JSONValue? {
        guard root.kind == .object else { return nil }
        return values.listNames.lazy.compactMap { root[$0] }.first { $0.kind == .array }
    }

    private mutating func add(_ value: JSONValue, at position: FilePosition) {
        if let item = values.item(value, at: position) { ready.append(item) }
    }

    private mutating func fault(_ error: JSONError) {
        let place =
            error.position.line == 1
            ? "column \(error.position.column)"
            : "line \(line + error.position.line - 1), column \(error.position.column)"
        ready.append(.fault(FileFault(position, "\(place): \(error.message)")))
    }

    private static let limits = JSONLimits(bytes: 2 << 30)

    private static func parse(_ bytes: ArraySlice<UInt8>) -> JSONDocument? {
        do {
            return try JSONDocument(parsing: Array(bytes), limits: limits)
        } catch {
            return nil
        }
    }

    // MARK: - Bytes

    /// Makes sure that there is a byte at `offset`; false at the end of the file.
    private mutating func fill(_ offset: Int) throws(FileFailure) -> Bool {
        while offset >= buffer.count {
            guard !isComplete else { return false }
            guard let piece = try bytes.next() else {
                isComplete = true
                return false
            }
            buffer += piece
        }
        return true
    }

    /// Forgets what was read, once it is much.
    private mutating func compact() {
        guard cursor > 1 << 20 else { return }
        buffer.removeSubrange(..<cursor)
        cursor = 0
    }
}
