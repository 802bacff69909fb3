import JSON

/// Reads bodies of the canonical API into events, and reports every fault in them.
///
/// An invalid event does not hide the faults of others. Valid events come with their index, so that a caller can accept all or none, or
/// only the valid ones.
/// the valid ones.
package struct EventReader: Sendable {
    /// How a body is laid out.
    package enum Layout: Sendable {
        /// One event, `{"events": [...]}` or a bare array.
        case json
        /// One event per line; empty lines are skipped.
        case lines
        /// A CloudEvent in structured mode.
        case cloudEvent
        /// An array of CloudEvents.
        case cloudEvents
        /// A CloudEvent in binary mode: the body is its data, and the attributes are given separately, by name.
        case cloudEventData(attributes: [(name: String, value: String)])
    }

    /// What a body contains.
    package struct Batch: Sendable {
        /// The valid events, each with its index in the body.
        package var events: [(index: Int, event: CanonicalEvent)] = []
        /// The faults in the order of the body; only the first ``EventFault/mostListed``.
        package var faults: [EventFault] = []
        /// How many more faults there are.
        package var omittedFaults = 0
        /// Number of events in the body, valid or not.
        package var count = 0
        /// Whether there are more events than a request may have; if so, none was read.
        package var exceedsLimit = false
        fileprivate var allowance = FaultAllowance()

        fileprivate mutating func add(_ fault: EventFault) {
            if faults.count < EventFault.mostListed { faults.append(fault) } else { omittedFaults += 1 }
        }
    }

    /// Maximum depth of `properties` and of each vendor's fields.
    package static let deepest = 32

    /// Default maximum number of events per request.
    package static let standardLimit = 10_000

    /// Maximum number of events per body.
    package let limit: Int

    /// - Parameter limit: maximum number of events per body.
    package init(limit: Int = standardLimit) {
        precondition(limit > 0, "a request without events says nothing")
        self.limit = limit
    }

    /// Reads a body.
    package func read(_ body: [UInt8], as layout: Layout) -> Batch {
        switch layout {
        case .json: readJSON(body)
        case .lines: readLines(body)
        case .cloudEvent: readCloudEvents(body) { $0.kind == .array ? nil : [$0] }
        case .cloudEvents: readCloudEvents(body) { $0.kind == .array ? Array($0.elements) : nil }
        case .cloudEventData(let attributes): readCloudEvent(attributes, body)
        }
    }

    /// Whether a content type is JSON: `application/json`, `text/json`, or one that ends with `+json`.
    package static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        return type.hasSuffix("/json") || type.hasSuffix("+json")
    }

    private func readJSON(_ body: [UInt8]) -> Batch {
        var batch = Batch()
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: body)
        } catch {
            if SeveralValues.areLines(body, error) { return readLines(body) }
            batch.faults.append(Self.malformed(error, in: body))
            return batch
        }
        readRoot(document.root, to: &batch)
        return batch
    }

    private func readRoot(_ root: JSONValue, to batch: inout Batch) {
        switch root.kind {
        case .array:
            readElements(of: root, to: &batch)
        case .object:
            if root["name"] != nil {
                read(root, to: &batch)
            } else if let events = root["events"] {
                readEnvelope(root, events, to: &batch)
            } else if let wrapper = ForeignFields.wrapper(of: root) {
                batch.faults.append(
                    EventFault(index: nil, field: wrapper.field, code: .unknownField, message: wrapper.message)
                )
            } else {
                read(root, to: &batch)
            }
        case .null, .bool, .number, .string:
            batch.faults.append(
                EventFault(
                    index: nil,
                    field: nil,
                    code: .type,
                    message: "expected one event, {\"events\": [...]} or an array of events, found \(root.kind.phrase)"
                )
            )
        }
    }

    private func readEnvelope(_ root: JSONValue, _ events: JSONValue, to batch: inout Batch) {
        if root.members.count(where: { $0.hasName("events") }) > 1 {
            batch.faults.append(
                EventFault(
                    index: nil,
                    field: "events",
                    code: .duplicateKey,
                    message: "\"events\" is duplicated; send one array with all events"
                )
            )
            return
        }
        for member in root.members where !member.hasName("events") {
            guard batch.faults.count < EventFault.mostListed else {
                batch.omittedFaults += 1
                continue
            }
            let name = Excerpt.of(member.name)
            batch.faults.append(
                EventFault(
                    index: nil,
                    field: name,
                    code: .unknownField,
                    message: "unknown field \"\(name)\" next to \"events\"; only \"events\" is allowed there"
                )
            )
        }
        guard events.kind == .array else {
            batch.faults.append(
                EventFault(
                    index: nil,
                    field: "events",
                    code: .type,
                    message: "\"events\" must be an array, found \(events.kind.phrase)"
                )
            )
            return
        }
        readElements(of: events, to: &batch)
    }

    private func readElements(of array: JSONValue, to batch: inout Batch) {
        let count = array.elements.reduce(0) { count, _ in count + 1 }
        guard count <= limit else {
            batch.count = count
            batch.exceedsLimit = true
            return
        }
        batch.events.reserveCapacity(count)
        for element in array.elements { read(element, to: &batch) }
        if batch.count == 0 {
            batch.faults.append(
                EventFault(
                    index: nil,
                    field: nil,
                    code: .required,
                    message: "the array has no events; send at least one"
                )
            )
        }
    }

    private func readLines(_ body: [UInt8]) -> Batch {
        var batch = Batch()
        var lineNumber = 0
        var rest = body[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            let line = rest[..<end]
            rest = rest[min(end + 1, rest.endIndex)...]
            lineNumber += 1
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
            guard batch.count < limit else {
                batch.exceedsLimit = true
                return batch
            }
            do {
                read(try JSONDocument(parsing: Array(line)).root, to: &batch)
            } catch {
                if batch.count == 0, let whole = readWhole(body) { return whole }
                let position = "line \(lineNumber), column \(error.position.column)"
                let message = "\(position): \(error.message)\(SeveralValues.advice(error, isLine: true))"
                batch.add(
                    EventFault(index: batch.count, field: nil, code: .malformed, message: message)
                )
                batch.count += 1
            }
        }
        if batch.count == 0 {
            batch.faults.append(
                EventFault(
                    index: nil,
                    field: nil,
                    code: .required,
                    message: "the body has no events; send one per line"
                )
            )
        }
        return batch
    }

    /// A body that is declared as lines but is one value over several lines, or not text at all; nil if it is neither.
    private func readWhole(_ body: [UInt8]) -> Batch? {
        if let reason = NotText.reason(of: body) {
            return Batch(faults: [
                EventFault(index: nil, field: nil, code: .malformed, message: "the body is not JSON: \(reason)")
            ])
        }
        // Why it is not one value does not matter: the fault of the line is reported.
        guard let document = try? JSONDocument(parsing: body) else { return nil }
        var batch = Batch()
        readRoot(document.root, to: &batch)
        return batch
    }

    /// - Parameter events: extracts the events from the root; nil if the root is of another kind.
    private func readCloudEvents(_ body: [UInt8], _ events: (JSONValue) -> [JSONValue]?) -> Batch {
        var batch = Batch()
        do {
            let root = try JSONDocument(parsing: body).root
            guard let values = events(root), !values.isEmpty else {
                let message =
                    "expected a CloudEvent, or an array of them with a batch's content type, found \(root.kind.phrase)"
                batch.faults.append(EventFault(index: nil, field: nil, code: .type, message: message))
                return batch
            }
            guard values.count <= limit else {
                batch.count = values.count
                batch.exceedsLimit = true
                return batch
            }
            for value in values {
                var fields = CloudEventFields(index: batch.count)
                if let event = fields.read(value) { batch.events.append((batch.count, event)) }
                for fault in fields.faults { batch.add(fault) }
                batch.count += 1
            }
        } catch {
            batch.faults.append(Self.malformed(error, in: body))
        }
        return batch
    }

    /// Combines attributes and data into the form of structured mode.
    private func readCloudEvent(_ attributes: [(name: String, value: String)], _ data: [UInt8]) -> Batch {
        if !data.isEmpty {
            do {
                _ = try JSONDocument(parsing: data)
            } catch {
                return Batch(faults: [Self.malformed(error, in: data)])
            }
        }
        var writer = JSONWriter(capacity: data.count + 512)
        writer.beginObject()
        for (name, value) in attributes { writer.member(name, string: value) }
        if !data.isEmpty { writer.member("data", raw: data) }
        writer.endObject()
        return readCloudEvents(writer.bytes) { [$0] }
    }

    private func read(_ value: JSONValue, to batch: inout Batch) {
        batch.allowance.listed = EventFault.mostListed - batch.faults.count
        var fields = EventFields(index: batch.count, allowance: batch.allowance)
        batch.count += 1
        if let event = fields.read(value) {
            batch.events.append((fields.index, event))
        } else {
            batch.faults += fields.faults
            batch.omittedFaults += fields.omittedFaults
            batch.allowance = fields.allowance
        }
    }

    private static func malformed(_ error: JSONError, in body: [UInt8]) -> EventFault {
        let reason = NotText.reason(of: body) ?? "\(error)\(SeveralValues.advice(error, isLine: false))"
        return EventFault(index: nil, field: nil, code: .malformed, message: "the body is not JSON: \(reason)")
    }
}
