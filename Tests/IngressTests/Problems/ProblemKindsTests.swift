import Access
import ConfigurationFile
import DeliveryEngine
import Events
import Foundation
import HTTPTypes
import JSON
import Journal
import Migration
import OfRecord
import Testing
import VendorReads

@testable import Ingress

/// What errors of the parts become as responses.
@Suite struct ProblemKindsTests {
    private static let time = Timestamp(milliseconds: 0)
    private static let keys: [KeyError] = [
        .unknown, .mistyped, .early(id: "k", from: time), .expired(id: "k", at: time),
    ]
    private static let stores: [StoreError] = [
        .full(retryAfter: .seconds(7)), .closed, .busy(retryAfter: .milliseconds(200)), .unfinishedRead, .leaseLost,
        .folderInUse(path: "/secret", process: 1), .newerFormat(path: "/secret", found: 9, known: 8),
        .unusable(path: "/secret", reason: "secret"), .failed(reason: "secret"),
        .unreachable(reason: "secret", retryAfter: .seconds(3)),
    ]
    private static let plans: [PlanError] = [
        .faulty(FaultyConfiguration(faults: [])), .beforeRetention(earliest: time), .busy, .unknown, .store(.closed),
        .file(reason: "secret"),
    ]
    private static let reloads: [ReloadError] = [
        .unreadable(reason: "r"), .faulty(FaultyConfiguration(faults: [])), .changedAccounts([]), .store(.closed),
    ]
    private static let backfills: [BackfillRefusal] = [
        .unknownProvider("p", known: ["lago"]), .sharedProvider("p"), .emptyWindow(since: time, until: time),
        .futureWindow(since: time), .beforeRetention(since: time, earliest: time), .noRoute("p"), .notLive("p"),
        .unreadable("p", vendor: "Knetik"), .unconfirmed(effect: "It bills now."), .unknown(7), .store(.closed),
    ]
    private static let migrations: [MigrationRefusal] = [
        .unknown("m"), .closed(at: time), .alreadyStarted, .notStarted, .unchanged("it is so already"), .notMirrored,
        .customersMoved, .held(since: time), .notHeld, .gates([]), .nothingToReturn, .notCut, .notDrained(until: time),
        .full(limit: 900), .unknownPlan("p"), .unfinishedPlan("p"), .stalePlan("p", .routesChanged), .overtaken,
        .unreadable(UnreadableAct(migration: "m", number: 1, action: "leap")), .planFile(reason: "secret"),
        .store(.closed),
    ]
    private static let reads: [ReadError] = [.tooMany("p", limit: 8), .rateLimited("p")]

    private static var all: [Problem] {
        keys.map { Problem($0) } + stores.map { Problem($0) } + plans.map { Problem($0) }
            + reloads.map { Problem($0) } + backfills.map { Problem($0) } + migrations.map { Problem($0) }
            + reads.map { Problem($0) }
            + [
                Problem(LimitExceeded(what: .events, limit: RateLimit(requests: 5, per: .seconds(1)), wait: .zero)),
                .tooManyLargeBodies, .bodiesBusy, .tooManyStreams, .clientHasAllStreams, .clientHasAllReads(3),
                .lengthRequired, .stalled, .brokenBody, .undecodable, .internalError, .forbidden("admin"),
                .tooManyEvents(limit: 5), .tooLarge(limit: 5), .wrongContentType(nil), .wrongContentEncoding("br"),
                .unknownPath("/x"), .unknownEvent("e"), .wrongMethod("PUT", allowed: ["GET"]), .repeatedField("host"),
                .badParameter("limit", "is not a number"), .badBody("it is empty"),
            ]
    }

    @Test func `each has a title, says how to fix it, and has a type of letters and dashes`() {
        for problem in Self.all {
            #expect(!problem.title.isEmpty)
            #expect(problem.detail.count > 10, "\(problem.kind): \(problem.detail)")
            #expect(problem.kind.wholeMatch(of: #/[a-z]+(-[a-z]+)*/#) != nil, "\(problem.kind)")
            #expect(problem.status.code >= 400, "\(problem.kind)")
        }
    }

    @Test func `each that may pass by itself says when to try again, in whole seconds`() throws {
        for problem in Self.all where [429, 503].contains(problem.status.code) {
            let seconds = try #require(problem.headers[.retryAfter].flatMap { Int($0) }, "\(problem.kind)")
            #expect(seconds >= 1, "\(problem.kind)")
        }
    }

    @Test func `passes the store's wait on, rounded up to a second`() {
        #expect(Problem(StoreError.full(retryAfter: .seconds(7))).headers[.retryAfter] == "7")
        #expect(Problem(StoreError.busy(retryAfter: .milliseconds(200))).headers[.retryAfter] == "1")
        let outage = StoreError.unreachable(reason: "r", retryAfter: .seconds(3))
        #expect(Problem(outage).headers[.retryAfter] == "3")
    }

    @Test func `reveals no path and no reason of the system`() {
        for problem in Self.stores.map({ Problem($0) }) + Self.plans.map({ Problem($0) }) {
            #expect(!problem.detail.contains("secret"), "\(problem.detail)")
        }
    }

    @Test(arguments: zip(stores, [503, 503, 503, 422, 503, 503, 503, 503, 503, 503]))
    func `tells a store that cannot from a read that asks too much`(error: StoreError, status: Int) {
        #expect(Problem(error).status.code == status)
    }

    @Test func `answers every key that is refused in the same way, apart from the reason`() {
        for problem in Self.keys.map({ Problem($0) }) {
            #expect(problem.status == .unauthorized)
            #expect(problem.kind == "unauthorized")
            #expect(problem.headers[.wwwAuthenticate] != nil)
        }
        #expect(Set(Self.keys.map { Problem($0).detail }).count == Self.keys.count)
    }

    @Test func `tells backfills that may not be started from those that cannot be found`() {
        let codes = Self.backfills.map { Problem($0).status.code }
        #expect(codes == [404, 403, 422, 422, 422, 422, 422, 422, 422, 404, 503])
    }

    @Test func `says nothing of the connection, which HTTP/2 forbids in a response`() {
        for problem in Self.all { #expect(problem.headers[.connection] == nil, "\(problem.kind)") }
    }

    @Test func `quotes what was sent only in part`() {
        let long = String(repeating: "a", count: 10_000)
        for problem in [
            .unknownPath(long, near: long), .unknownEvent(long), .wrongContentType(long), .wrongContentEncoding(long),
        ] as [Problem] {
            #expect(problem.detail.count < 800, "\(problem.kind)")
        }
    }

    @Test func `is JSON whatever it quotes`() throws {
        for problem in Self.all + [.unknownPath("\"\\\u{0}\n"), .badBody("\u{1F600}\"")] {
            let root = try JSONDocument(parsing: problem.json(requestID: "r")).root
            #expect(root["type"]?.string == "urn:tollgate:problem:\(problem.kind)")
            #expect(root["status"]?.int64 == Int64(problem.status.code))
            #expect(root["request_id"]?.string == "r")
        }
    }

    @Test func `lists the first faults of a request and counts the others`() throws {
        let faults = (0..<EventFault.mostListed + 5).map {
            EventFault(index: $0, field: "name", code: .required, message: "name is missing")
        }
        let problem = Problem.events(faults, omitted: 7, count: 1000, isPartial: false)
        #expect(problem.status == .unprocessableContent)
        let root = try JSONDocument(parsing: problem.json(requestID: "r")).root
        #expect(root.elements(of: "errors").count == EventFault.mostListed)
        #expect(root["errors_omitted"]?.int64 == 12)
        #expect(problem.detail.contains("there are 12 more"))
        #expect(problem.detail.contains("?partial=true"))
    }

    @Test(arguments: [(EventFault.Code.conflict, 409, "conflict"), (.forbidden, 403, "forbidden-events")])
    func `has a kind of its own only if all faults are of that kind`(code: EventFault.Code, status: Int, kind: String) {
        let fault = EventFault(index: 0, field: nil, code: code, message: "m", eventID: "e")
        let same = Problem.events([fault, fault], count: 2, isPartial: true)
        #expect((same.status.code, same.kind) == (status, kind))
        let other = EventFault(index: 1, field: "name", code: .required, message: "m")
        let mixed = Problem.events([fault, other], count: 2, isPartial: true)
        #expect((mixed.status.code, mixed.kind) == (422, "invalid-events"))
    }
}

extension JSONValue {
    fileprivate func elements(of name: String) -> [JSONValue] { self[name].map { Array($0.elements) } ?? [] }
}
