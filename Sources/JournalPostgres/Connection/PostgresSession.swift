import CLibpq
import Foundation

/// One session with the server, from connecting to closing. It belongs to one thread and blocks it.
final class PostgresSession {
    private let connection: OpaquePointer
    private let settings: ConnectionSettings
    private let notices = Notices()
    /// The names of prepared statements, by text.
    private var prepared: [String: String] = [:]
    /// Whether the session can no longer be used.
    private(set) var isBroken = false

    /// The most statements that are kept prepared; those with names of tables in them change.
    private static let mostPrepared = 500

    init(connecting settings: ConnectionSettings) throws(PostgresFailure) {
        self.settings = settings
        let words = settings.keywords
        let made = Self.withCStrings(words.map(\.0)) { names in
            Self.withCStrings(words.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let made else { throw .unreachable(reason: "no memory for a connection") }
        connection = made
        guard PQstatus(made) == CONNECTION_OK else {
            let reason = Self.message(of: made)
            PQfinish(made)
            isBroken = true
            throw .unreachable(reason: reason)
        }
        PQsetNoticeReceiver(made, Notices.receiver, Unmanaged.passUnretained(notices).toOpaque())
        do throws(PostgresFailure) {
            if !settings.preparation.isEmpty { try begin() }
            try settings.identity?.check(self)
        } catch {
            PQfinish(made)
            isBroken = true
            if case .unreachable = error { throw error }
            throw .unreachable(reason: error.reason)
        }
    }

    /// The process of the server that it was told when it connected: a pooler tells a number of its own.
    var serverProcess: Int32 { PQbackendPID(connection) }

    /// Must be called once; nothing can be run afterwards.
    func close() {
        PQfinish(connection)
        isBroken = true
    }

    /// Sends a statement and blocks until its rows have come.
    func run(_ statement: Statement, _ parameters: [Parameter]) throws(PostgresFailure) -> Rows {
        notices.warnings = []
        let name = settings.prepares ? try preparedName(of: statement, parameters) : nil
        let values = ParameterValues(parameters)
        let isSent = values.withPointers { types, pointers, lengths, formats in
            let count = Int32(parameters.count)
            guard let name else {
                return PQsendQueryParams(connection, statement.text, count, types, pointers, lengths, formats, 1)
            }
            return PQsendQueryPrepared(connection, name, count, pointers, lengths, formats, 1)
        }
        guard isSent == 1 else { throw lost() }
        return try answer()
    }

    private func begin() throws(PostgresFailure) {
        guard PQsendQuery(connection, settings.preparation) == 1 else { throw lost() }
        _ = try answer()
    }

    private func preparedName(of statement: Statement, _ parameters: [Parameter]) throws(PostgresFailure) -> String {
        if let known = prepared[statement.text] { return known }
        if prepared.count >= Self.mostPrepared {
            guard PQsendQuery(connection, "DEALLOCATE ALL") == 1 else { throw notSent() }
            _ = try readingOnly { () throws(PostgresFailure) in try answer() }
            prepared = [:]
        }
        let name = "s\(prepared.count)"
        let types = parameters.map(\.type)
        guard PQsendPrepare(connection, name, statement.text, Int32(types.count), types) == 1 else { throw notSent() }
        _ = try readingOnly { () throws(PostgresFailure) in try answer() }
        prepared[statement.text] = name
        return name
    }

    /// A step after which nothing has changed even if its answer is lost.
    private func readingOnly(_ step: () throws(PostgresFailure) -> Rows) throws(PostgresFailure) -> Rows {
        do throws(PostgresFailure) {
            return try step()
        } catch {
            if case .unknown(let reason) = error { throw .unreachable(reason: reason) }
            throw error
        }
    }

    /// Waits for all results of what was sent, and gives the last.
    private func answer() throws(PostgresFailure) -> Rows {
        let deadline = ContinuousClock.now + settings.patience
        var rows: Rows?
        var failure: PostgresFailure?
        while true {
            try wait(until: deadline)
            guard let result = PQgetResult(connection) else { break }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                rows = Rows(copying: result, warnings: notices.warnings)
            default:
                failure = Self.refusal(result)
                guard Self.field("C", of: result) == nil else { continue }
                // The server has not said so, or it sends something else than an answer: what comes next may belong to this one.
                isBroken = true
            }
            if isBroken, let failure { throw failure }
        }
        if PQstatus(connection) != CONNECTION_OK { isBroken = true }
        if let failure { throw failure }
        guard let rows else { throw lost() }
        return rows
    }

    /// Milliseconds.
    private static let longestWait: Int64 = 1000

    /// Blocks until a result can be taken without blocking.
    private func wait(until deadline: ContinuousClock.Instant) throws(PostgresFailure) {
        while PQisBusy(connection) == 1 {
            let deadline = min(deadline, settings.end?.time ?? deadline)
            let left = ContinuousClock.now.duration(to: deadline).components
            let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
            guard milliseconds > 0 else {
                isBroken = true
                guard settings.end?.time == nil else {
                    throw .unknown(reason: "no answer before the connection was closed")
                }
                throw .unknown(reason: "no answer within \(settings.patience)")
            }
            var socket = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
            // From time to time it looks whether the connection is to be closed.
            _ = poll(&socket, 1, Int32(clamping: min(milliseconds, Self.longestWait)))
            guard socket.revents != 0 else { continue }
            guard PQconsumeInput(connection) == 1 else { throw lost() }
        }
    }

    private static func refusal(_ result: OpaquePointer) -> PostgresFailure {
        let message = field("M", of: result) ?? line(PQresultErrorMessage(result))
        guard let code = field("C", of: result) else {
            return .unknown(reason: message.isEmpty ? "the server sent something else than an answer" : message)
        }
        let state = SQLState(code: code)
        return state.leavesDoubt ? .unknown(reason: message) : .refused(state, message: message)
    }

    private static func field(_ code: Character, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
    }

    private func lost() -> PostgresFailure {
        isBroken = true
        return .unknown(reason: Self.message(of: connection))
    }

    private func notSent() -> PostgresFailure {
        isBroken = true
        return .unreachable(reason: Self.message(of: connection))
    }

    private static func message(of connection: OpaquePointer) -> String {
        line(PQerrorMessage(connection))
    }

    /// What libpq says in several lines, in one.
    private static func line(_ text: UnsafePointer<CChar>?) -> String {
        let text = text.map { String(cString: $0) } ?? ""
        return text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }

    private static func withCStrings<Result>(
        _ texts: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("there is always a last one") }
            return body(base)
        }
    }
}

/// What the server says beside its answers.
private final class Notices {
    var warnings: [String] = []

    /// Keeps warnings, and skips what is for information only.
    static let receiver: @convention(c) (UnsafeMutableRawPointer?, OpaquePointer?) -> Void = { context, result in
        guard let context, let result,
            let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))),
            strcmp(severity, "WARNING") == 0
        else { return }
        let message = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) } ?? ""
        Unmanaged<Notices>.fromOpaque(context).takeUnretainedValue().warnings.append(message)
    }
}
