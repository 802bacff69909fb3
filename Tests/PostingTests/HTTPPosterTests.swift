import Foundation
import NIOSSL
import Posting
import TestSupport
import Testing

/// Requests to receivers that behave in any way a server can.
@Suite struct HTTPPosterTests {
    private static let patient = Duration.seconds(600)

    /// Posts once to a receiver, and ends the connections.
    private func post(
        to address: String,
        waiting timeout: Duration = patient,
        trusting roots: [NIOSSLCertificate] = []
    ) async -> HTTPPoster.End {
        let poster = HTTPPoster(trusting: roots, timeout: timeout)
        let end = await poster.post(
            Array(#"{"a":1}"#.utf8),
            to: address,
            [("Content-Type", "application/json"), ("X-Own", "é")]
        )
        await poster.shutdown()
        return end
    }

    private static func answer(_ status: String, _ fields: String = "", body: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)"
    }

    @Test func `sends the body, its fields and the gateway's name, once`() async throws {
        try await ScriptedReceiver.with(.answer(Self.answer("204 No Content"))) { receiver in
            #expect(await post(to: receiver.address) == .answered(status: 204))
            let requests = receiver.requests
            #expect(requests.count == 1)
            let request = requests.first ?? ""
            #expect(request.hasPrefix("POST /in?token=planted HTTP/1.1\r\n"), "\(request)")
            #expect(request.hasSuffix("\r\n\r\n" + #"{"a":1}"#), "\(request)")
            for field in ["user-agent: tollgate", "content-type: application/json", "x-own: é", "content-length: 7"] {
                #expect(request.lowercased().contains("\r\n\(field)\r\n"), "\(field) in \(request)")
            }
        }
    }

    @Test(arguments: [200, 201, 301, 302, 307, 400, 401, 404, 410, 429, 500, 503, 599])
    func `tells the status, whatever it is, and follows no redirect`(status: Int) async throws {
        let answer = Self.answer("\(status) X", "Location: /elsewhere\r\nRetry-After: 1\r\n", body: "no")
        try await ScriptedReceiver.with(.answer(answer)) { receiver in
            #expect(await post(to: receiver.address) == .answered(status: status))
            #expect(receiver.requests.count == 1)
        }
    }

    @Test func `needs no more of a long body than it reads`() async throws {
        let answer =
            "HTTP/1.1 202 Accepted\r\nContent-Length: 1000000000\r\n\r\n" + String(repeating: "x", count: 200_000)
        try await ScriptedReceiver.with(.stall(answer)) { receiver in
            #expect(await post(to: receiver.address) == .answered(status: 202))
        }
    }

    /// Nothing, a part of the head, and a part of the body.
    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nX-A", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"])
    func `waits no longer than its timeout for the whole response`(sent: String) async throws {
        try await ScriptedReceiver.with(.stall(sent)) { receiver in
            let end = await post(to: receiver.address, waiting: .milliseconds(300))
            guard case .failed(let reason) = end else {
                Issue.record("it ended with \(end)")
                return
            }
            #expect(!reason.isEmpty && !reason.contains("planted") && !reason.contains("127.0.0.1"), "\(reason)")
        }
    }

    @Test func `does not send again what a receiver may have got`() async throws {
        try await ScriptedReceiver.with(.hangUp) { receiver in
            let end = await post(to: receiver.address)
            guard case .failed(let reason) = end else {
                Issue.record("it ended with \(end)")
                return
            }
            #expect(!reason.contains("planted") && !reason.contains("127.0.0.1"), "\(reason)")
            #expect(receiver.requests.count == 1)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 2oo OK\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    ])
    func `fails where the response is none`(sent: String) async throws {
        try await ScriptedReceiver.with(.answer(sent)) { receiver in
            let end = await post(to: receiver.address)
            guard case .failed(let reason) = end else {
                Issue.record("it ended with \(end)")
                return
            }
            #expect(!reason.isEmpty && !reason.contains("planted"), "\(reason)")
            #expect(receiver.requests.count == 1)
        }
    }

    /// The address may have a secret in its path, as those of chat services do.
    @Test func `says why there is no connection, without the address`() async throws {
        let port = try FreePort.find()
        for address in [
            "http://127.0.0.1:\(port)/planted", "https://127.0.0.1:\(port)/planted", "http://nowhere.invalid/planted",
            "ftp://127.0.0.1/planted", "planted", "",
        ] {
            guard case .failed(let reason) = await post(to: address) else {
                Issue.record("\(address) was answered")
                continue
            }
            #expect(
                !reason.isEmpty && !reason.contains("planted") && !reason.contains("nowhere"),
                "\(address): \(reason)"
            )
        }
    }

    @Test func `trusts no certificate of an authority that it was not told of`() async throws {
        try await withTemporaryFolder { folder in
            let files = Certificates(in: folder)
            try await files.makeAuthority("one")
            let roots = try NIOSSLCertificate.fromPEMFile(files.authority("one").path)
            // It speaks no TLS: the request must not be sent in the clear.
            try await ScriptedReceiver.with(.answer(Self.answer("200 OK"))) { receiver in
                let address = "https://127.0.0.1:\(receiver.port)/planted"
                guard case .failed(let reason) = await post(to: address, waiting: .seconds(5), trusting: roots) else {
                    Issue.record("it was answered without TLS")
                    return
                }
                #expect(!reason.contains("planted"), "\(reason)")
                #expect(receiver.requests.allSatisfy { !$0.contains("planted") })
            }
        }
    }

    @Test func `ends when its task is cancelled`() async throws {
        try await ScriptedReceiver.with(.stall("")) { receiver in
            let poster = HTTPPoster(timeout: Self.patient)
            let posting = Task { await poster.post([], to: receiver.address, []) }
            try await waitUntil("the request has come") { receiver.requests.count == 1 }
            posting.cancel()
            #expect(await posting.value == .failed("the gateway is stopping"))
            await poster.shutdown()
        }
    }

    @Test func `can be ended without a request`() async {
        let poster = HTTPPoster()
        await poster.shutdown()
        await poster.shutdown()
    }

    @Test func `takes several requests at once`() async throws {
        // It says so before it closes a connection, so that no request is sent into one that is closed.
        try await ScriptedReceiver.with(.answer(Self.answer("200 OK", "Connection: close\r\n"))) { receiver in
            let poster = HTTPPoster(timeout: Self.patient)
            let ends = await withTaskGroup(of: HTTPPoster.End.self) { group in
                for number in 0..<20 {
                    group.addTask { await poster.post(Array("\(number)".utf8), to: receiver.address, []) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ends == Array(repeating: .answered(status: 200), count: 20))
            #expect(Set(receiver.requests.compactMap { $0.split(separator: "\r\n").last }).count == 20)
            await poster.shutdown()
        }
    }
}
