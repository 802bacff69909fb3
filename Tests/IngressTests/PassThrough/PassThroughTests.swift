import Access
import Events
import Foundation
import Ingress
import Journal
import JournalSQLite
import NIOHTTP1
import TestSupport
import Testing

@Suite struct PassThroughTests {
    private static func send(
        _ server: IngressFixture,
        _ method: HTTPMethod,
        _ path: String,
        _ body: String? = nil,
        headers: [(String, String)] = [],
        key: String = PassStage.key,
        isChunked: Bool = false
    ) async throws -> (status: Int, text: String, headers: HTTPHeaders) {
        let bytes = body.map { Array($0.utf8) }
        let answer = try await server.send(method, path, bytes, headers: headers, key: key, isChunked: isChunked)
        return (answer.status, String(decoding: answer.body, as: UTF8.self), answer.headers)
    }

    @Test func `passes a read on, and the answer back`() async throws {
        try await PassStage.set({ _ in
            PassStage.answer(
                "200 OK",
                "[1]",
                headers: ["Content-Type: application/json", "X-Total: 1", "Set-Cookie: s=1", "Server: x"]
            )
        }) { (server, vendor) async throws in
            let answer = try await Self.send(
                server,
                .GET,
                "/acme/v1/customers/a%2Fb?page=2&account=pass-key&x=%20",
                headers: [("Acme-Version", "2"), ("X-Forwarded-Host", "evil"), ("Cookie", "c=1")]
            )
            #expect(answer.status == 200 && answer.text == "[1]")
            #expect(answer.headers.first(name: "X-Total") == "1" && !answer.headers.contains(name: "Set-Cookie"))
            #expect(answer.headers["Content-Type"] == ["application/json"] && answer.headers["Server"] == ["tollgate"])
            #expect(answer.headers["X-Acme-Common"] == ["ours"])
            let seen = try #require(vendor.requests.first)
            #expect(seen.line == "GET /customers/a%2Fb?page=2&x=%20&key=vendor-secret HTTP/1.1")
            #expect(seen.field("host") == "127.0.0.1:\(vendor.port)" && seen.field("acme-version") == "2")
            #expect(seen.field("x-request-id") == answer.headers.first(name: "X-Request-Id"))
            #expect(
                !seen.text.contains(PassStage.key) && !seen.text.contains("evil")
                    && !seen.text.lowercased().contains("cookie")
            )
            let entry = try #require(server.requestLog.entries.last)
            #expect(entry.status == 200 && entry.caller?.client.name == "passer")
        }
    }

    @Test func `passes bodies as they are, framed as they came`() async throws {
        try await PassStage.set({ request in PassStage.answer("201 Created", request.method) }) {
            (server, vendor) async throws in
            for (method, body) in [(HTTPMethod.POST, "{\"a\":1}"), (.PUT, "x"), (.PATCH, "y"), (.DELETE, "z")] {
                let answer = try await Self.send(server, method, "/acme/v1/customers", body)
                #expect(answer.status == 201 && answer.text == method.rawValue)
                #expect(vendor.requests.last?.body == body)
                #expect(vendor.requests.last?.field("content-length") == "\(body.utf8.count)")
            }
            // More than the dialect's own requests may have.
            let long = String(repeating: "long ", count: 1_000)
            let chunked = try await Self.send(
                server,
                .POST,
                "/acme/v1/customers",
                long,
                headers: [("Content-Encoding", "gzip")],
                isChunked: true
            )
            #expect(chunked.status == 201)
            let seen = try #require(vendor.requests.last)
            #expect(seen.field("transfer-encoding") == "chunked" && seen.field("content-length") == nil)
            #expect(seen.field("content-encoding") == "gzip")
            #expect(seen.body.hasSuffix("0\r\n\r\n") && seen.body.contains("long long"))
            let empty = try await Self.send(server, .POST, "/acme/v1/customers")
            #expect(empty.status == 201 && vendor.requests.last?.field("content-length") == "0")
        }
    }

    @Test func `passes bytes that are compressed, or no text at all, both ways as they are`() async throws {
        // The client of the tests undoes what it knows; this it does not.
        let bytes = Array(UInt8.min...UInt8.max)
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: \(bytes.count)\r\n\r\n"
        try await PassStage.set({ _ in .sayBytes(Array(head.utf8) + bytes) }) { (server, vendor) async throws in
            let answer = try await server.send(
                .POST,
                "/acme/v1/customers",
                bytes,
                headers: [("Content-Encoding", "br"), ("Accept-Encoding", "br")],
                key: PassStage.key
            )
            #expect(answer.body == bytes && answer.headers.first(name: "Content-Encoding") == "br")
            let seen = try #require(vendor.requests.first)
            #expect(seen.body.unicodeScalars.map { UInt8($0.value) } == bytes)
            #expect(seen.field("content-encoding") == "br" && seen.field("accept-encoding") == "br")
        }
    }

    @Test func `asks a client for its body that waits to be asked`() async throws {
        try await PassStage.set({ _ in PassStage.answer() }) { (server, vendor) async throws in
            let text = PassStage.request(
                "POST",
                "/acme/v1/customers",
                headers: ["Content-Length: 2", "Expect: 100-continue"]
            )
            let received = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(text)
                try talk.read(until: "100 Continue\r\n\r\n")
                try talk.send("ab")
                try talk.read(until: "HTTP/1.1 200")
                return talk.received
            }
            #expect(received.contains("200"))
            #expect(vendor.requests.first?.body == "ab" && vendor.requests.first?.field("expect") == nil)
        }
    }

    @Test func `answers HEAD without a body, and goes on`() async throws {
        try await PassStage.set({ request in
            request.method == "HEAD"
                ? .say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\n\r\n") : PassStage.answer("200 OK", "five5")
        }) { (server, vendor) async throws in
            let received = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(PassStage.request("HEAD", "/acme/v1/customers"))
                try talk.read(until: "\r\n\r\n")
                try talk.send(PassStage.request("GET", "/acme/v1/customers"))
                try talk.read(until: "five5")
                return talk.received
            }
            #expect(received.components(separatedBy: "HTTP/1.1 200 OK").count == 3, "\(received)")
            #expect(received.contains("x-a: b") || received.contains("X-A: b"))
            #expect(vendor.requests.map(\.method) == ["HEAD", "GET"])
        }
    }

    @Test(arguments: [404, 409, 422, 429, 500, 301])
    func `passes the vendor's own refusals`(status: Int) async throws {
        try await PassStage.set({ _ in
            PassStage.answer(
                "\(status) X",
                "vendor's",
                headers: ["Retry-After: 7", "Location: /customers/2", "Link: <http://127.0.0.1/x>; rel=next"]
            )
        }) { (server, _) async throws in
            let received = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(PassStage.request("GET", "/acme/v1/customers/1"))
                try talk.readAnswers(1)
                return talk.received
            }
            #expect(received.hasPrefix("HTTP/1.1 \(status)") && received.hasSuffix("vendor's"), "\(received)")
            #expect(received.lowercased().contains("location: /acme/v1/customers/2"))
            #expect(received.lowercased().contains("retry-after: 7"))
        }
    }

    @Test(arguments: [
        ([], "http://gw.example:8443"), (["X-Forwarded-Proto: https"], "https://gw.example:8443"),
        (["X-Forwarded-Proto: https, http"], "http://gw.example:8443"),
    ])
    func `leads links to the address by which the client called the gateway`(fields: [String], origin: String)
        async throws
    {
        try await PassStage.set({ request in
            let vendor = "http://\(request.field("host") ?? "")"
            return PassStage.answer(
                "201 Created",
                headers: ["Location: \(vendor)/customers/2", "Link: <\(vendor)/customers?page=2>; rel=\"next\""]
            )
        }) { (server, _) async throws in
            let received = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(PassStage.request("GET", "/acme/v1/customers", headers: fields))
                try talk.readAnswers(1)
                return talk.received
            }
            #expect(received.contains("ocation: \(origin)/acme/v1/customers/2\r\n"), "\(received)")
            #expect(received.contains("ink: <\(origin)/acme/v1/customers?page=2>; rel=\"next\"\r\n"), "\(received)")
        }
    }

    @Test(arguments: [401, 403])
    func `answers 502 where the vendor refuses the gateway's own credential`(status: Int) async throws {
        try await PassStage.set({ _ in
            PassStage.answer("\(status) No", "bad key vendor-secret", headers: ["WWW-Authenticate: Bearer"])
        }) { (server, _) async throws in
            let answer = try await Self.send(server, .GET, "/acme/v1/customers/1")
            #expect(answer.status == 502 && answer.text.contains("\(status)"))
            #expect(!answer.text.contains("vendor-secret") && !answer.headers.contains(name: "WWW-Authenticate"))
            #expect(answer.headers.first(name: "Content-Type") == "text/acme")
        }
    }

    @Test func `leaves out fields in which the credential stands`() async throws {
        try await PassStage.set({ _ in
            PassStage.answer("200 OK", "", headers: ["Link: <http://x/?key=vendor-secret>; rel=next", "X-Good: yes"])
        }) { (server, _) async throws in
            let answer = try await Self.send(server, .GET, "/acme/v1/customers")
            #expect(answer.headers.first(name: "X-Good") == "yes" && !answer.headers.contains(name: "Link"))
        }
    }

    // MARK: - Rights

    @Test func `passes by scope`() async throws {
        try await PassStage.set({ _ in PassStage.answer() }) { (server, vendor) async throws in
            #expect(try await Self.send(server, .GET, "/acme/v1/customers", key: PassStage.readerKey).status == 200)
            #expect(try await Self.send(server, .HEAD, "/acme/v1/customers", key: PassStage.readerKey).status == 200)
            for method in [HTTPMethod.POST, .PUT, .PATCH, .DELETE] {
                let answer = try await Self.send(server, method, "/acme/v1/customers", key: PassStage.readerKey)
                #expect(answer.status == 403 && answer.text.contains("vendor:write"))
            }
            let scopeless = try await Self.send(server, .GET, "/acme/v1/customers", key: PassStage.scopelessKey)
            #expect(scopeless.status == 403 && scopeless.text.contains("vendor:read"))
            let beside = try await Self.send(server, .GET, "/acme/v1/invoices")
            #expect(beside.status == 403 && beside.text.contains("GET /invoices is not among the paths"))
            #expect(try await Self.send(server, .GET, "/acme/v1/customers", key: "nobody").status == 401)
            #expect(vendor.requests.count == 2)
        }
    }

    @Test func `says how to switch it on where it is not`() async throws {
        try await PassStage.set({ _ in PassStage.answer() }) { (server, vendor) async throws in
            let answer = try await Self.send(server, .POST, "/acme/v1/customers", key: IngressFixture.key)
            #expect(answer.status == 501)
            #expect(
                answer.text.contains("the scope vendor:write and \"pass\": {\"acme\": [\"/v1/customers\"]}"),
                "\(answer.text)"
            )
            #expect(vendor.requests.isEmpty)
        }
    }

    @Test(arguments: ["TRACE", "CONNECT", "PURGE", "PROPFIND", "LOCK", "OPTIONS"])
    func `never passes other methods`(method: String) async throws {
        try await PassStage.set({ _ in PassStage.answer() }) { (server, vendor) async throws in
            let text = PassStage.request(method, "/acme/v1/customers", headers: ["Connection: close"])
            let received = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(text)
                return try talk.readToEnd()
            }
            #expect(received.hasPrefix("HTTP/1.1 4") || received.hasPrefix("HTTP/1.1 5"), "\(received)")
            #expect(vendor.requests.isEmpty)
        }
    }

    /// The rules of this client allow all of `/events*`.
    @Test(arguments: [
        "/acme/v1/events", "/acme/v1/events/", "/acme/v1/events/batch", "/acme/v1/Events", "/acme/v1/EVENTS/batch",
        "/acme/v1/events.json", "/acme/v1/events;x=1", "/acme/v1/events/batch.json", "/acme/v1/events%2Fbatch",
        "/acme/v1/events%2fbatch", "/acme/v1/events%3Bx", "/acme/v1//events", "/acme/v1/./events",
        "/acme/v1/x/../events",
        "/acme/v1/%65vents", "/acme/v1/customers/../events", "/acme/v1/customers/%2e%2e/events",
        "/acme/v1/customers/..%2Fevents", "/acme/v1/customers/%2e%2e%2fevents", "/acme/v1/customers/..%5Cevents",
        "/acme/v1/customers/..;/events", "/acme/v1/customers/%252e%252e/events", "/acme/v1/events?x=/customers",
        "http://evil.example/acme/v1/events",
    ])
    func `never passes an event, whatever its spelling`(path: String) async throws {
        try await PassStage.set({ _ in PassStage.answer() }) { (server, vendor) async throws in
            for method in ["POST", "PUT", "GET", "DELETE"] {
                let text = PassStage.request(method, path, headers: ["Connection: close", "Content-Length: 0"])
                let received = try await RawConversation.hold(with: server.port) { talk in
                    try talk.send(text)
                    return try talk.readToEnd()
                }
                #expect(received.hasPrefix("HTTP/1.1 "), "\(received)")
            }
            #expect(vendor.requests.map(\.line) == [])
        }
    }

    // MARK: - Requests that could be read in two ways

    @Test(arguments: [
        (["Content-Length: 5", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
        (["Content-Length: 5", "Content-Length: 6"], "hello!"),
        (["Transfer-Encoding: gzip, chunked"], "0\r\n\r\n"), (["Transfer-Encoding: chunked, identity"], "0\r\n\r\n"),
        (["Transfer-Encoding : chunked"], "0\r\n\r\n"), (["Content-Length: +5"], "hello"),
        (["Host: evil.example"], ""), (["X-A: b\r\n c"], ""), (["X-A: b\u{0}c"], ""),
        (["Content-Length: 99999999999999999999"], "x"), (["Authorization: Bearer other"], ""),
    ])
    func `passes no request that could be read in two ways`(headers: [String], body: String) async throws {
        try await PassStage.set({ _ in PassStage.answer() }) { (server, vendor) async throws in
            let text = PassStage.request("POST", "/acme/v1/customers", headers: headers + ["Connection: close"], body)
            let smuggled = PassStage.request("GET", "/acme/v1/customers/smuggled", headers: ["Connection: close"])
            _ = try await RawConversation.hold(with: server.port) { talk in
                do { try talk.send(text + smuggled) } catch is RawConversation.Failure {}
                return try talk.readToEnd()
            }
            // One that passes after all does so framed by the gateway.
            #expect(
                vendor.requests.allSatisfy { $0.fields.count { $0.lowercased().hasPrefix("content-length:") } <= 1 }
            )
            #expect(
                vendor.requests.allSatisfy { $0.field("transfer-encoding") == nil || $0.field("content-length") == nil }
            )
            #expect(
                vendor.requests.allSatisfy { !$0.text.contains("evil") && !$0.line.contains("smuggled") },
                "\(vendor.requests)"
            )
        }
    }

    @Test func `reads what a vendor sends behind its answer as no answer`() async throws {
        try await PassStage.set({ request in
            let smuggled = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled"
            return request.connection == 1
                ? .say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\(smuggled)")
                : PassStage.answer("200 OK", "second")
        }) { (server, _) async throws in
            #expect(try await Self.send(server, .GET, "/acme/v1/customers/1").text == "ok")
            #expect(try await Self.send(server, .GET, "/acme/v1/customers/2").text == "second")
        }
    }

    // MARK: - A vendor that fails

    @Test func `answers 504 for a vendor that is silent, and sends nothing again`() async throws {
        try await PassStage.set({ _ in .stall("") }, patience: "1s") { (server, vendor) async throws in
            let silent = try await Self.send(server, .GET, "/acme/v1/customers/silent")
            #expect(silent.status == 504 && silent.text.contains("did not respond in time"))
            try await waitUntil("the vendor has read it") { !vendor.requests.isEmpty }
            #expect(vendor.requests.count == 1)
        }
    }

    @Test(arguments: [HTTPMethod.GET, .POST])
    func `answers 502 for a vendor that hangs up, and sends nothing again`(method: HTTPMethod) async throws {
        try await PassStage.set({ _ in .hangUp }) { (server, vendor) async throws in
            let closed = try await Self.send(server, method, "/acme/v1/customers/closed")
            #expect(closed.status == 502 && closed.text.contains("may have carried out the call"))
            #expect(vendor.requests.count == 1)
        }
    }

    @Test func `leaves a vendor alone that fails, in the vendor's words`() async throws {
        try await PassStage.set({ _ in PassStage.answer("503 Down") }) { (server, vendor) async throws in
            for _ in 0..<3 { #expect(try await Self.send(server, .GET, "/acme/v1/customers").status == 503) }
            let answer = try await Self.send(server, .GET, "/acme/v1/customers")
            #expect(answer.status == 503 && answer.headers.first(name: "Content-Type") == "text/acme")
            #expect(answer.headers.first(name: "Retry-After").flatMap { Int($0) }.map { $0 > 3000 } == true)
            #expect(vendor.requests.count == 3)
        }
    }

    @Test func `tells a client of an answer that breaks off by ending the connection`() async throws {
        try await PassStage.set({ _ in .stall("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") }, patience: "5s") {
            (server, _) async throws in
            let received = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(PassStage.request("GET", "/acme/v1/customers"))
                return try talk.readToEnd()
            }
            #expect(received.hasSuffix("half"))
        }
    }

    @Test func `hands on an answer that comes before the request is read`() async throws {
        try await PassStage.set({ _ in .sayEarly("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge") }) {
            (server, _) async throws in
            let received = try await RawConversation.hold(with: server.port) { talk in
                try talk.send(PassStage.request("POST", "/acme/v1/customers", headers: ["Content-Length: 50000000"]))
                _ = talk.push(String(repeating: "x", count: 64 << 10), most: 50_000_000)
                try talk.read(until: "large")
                return talk.received
            }
            #expect(received.hasPrefix("HTTP/1.1 413"))
        }
    }

    // MARK: - What is kept

    @Test func `keeps writes in the audit log, and no body`() async throws {
        try await PassStage.set({ _ in PassStage.answer() }) { (server, _) async throws in
            _ = try await Self.send(server, .GET, "/acme/v1/customers/read")
            _ = try await Self.send(server, .POST, "/acme/v1/customers/1?secret=q", "planted body")
            let entries = try await server.store.auditLog(
                AuditFilter(categories: [.vendorWrite]),
                before: nil,
                limit: 10
            )
            let entry = try #require(entries.first?.entry)
            #expect(entries.count == 1 && entry.action == "pass" && entry.actor == "passer" && entry.keyID != nil)
            var details = entry.details
            #expect(details.removeValue(forKey: AuditEntry.requestIDDetail) != nil)
            #expect(details == ["method": "POST", "path": "/customers/1", "provider": "p"])
        }
    }
}

extension PassVendor.Request {
    var method: String { String(line.prefix { $0 != " " }) }
}
