import Foundation
import NIOHTTP1
import NIOSSL
import TestSupport
import Testing

@Suite struct TLSTests {
    private static let event = #"{"id":"t1","name":"n","customer_id":"c1"}"#

    /// A stage with an authority `one` and a server's certificate that it signed.
    private func withCertificates(_ body: (Stage, Certificates) async throws -> Void) async throws {
        try await Stage.set { (stage) async throws in
            let certificates = Certificates(in: stage.folder)
            try await certificates.makeAuthority("one")
            try await certificates.makeServer(signedBy: "one")
            try await body(stage, certificates)
        }
    }

    @Test func `serves HTTP/2 and HTTP/1.1 to whoever speaks it`() async throws {
        try await withCertificates { (stage, certificates) async throws in
            let gateway = try await stage.startGateway(arguments: certificates.arguments)
            let address = "https://localhost:\(stage.port)"
            for (http1Only, version) in [(false, HTTPVersion.http2), (true, .http1_1)] {
                let answer = try await certificates.ask(
                    "\(address)/v1/events",
                    trusting: "one",
                    method: .POST,
                    body: Self.event,
                    http1Only: http1Only
                )
                #expect(answer.status == 202 && answer.version == version)
                let path = "\(address)/v1/events/t1"
                let shown = try await certificates.ask(path, trusting: "one", http1Only: http1Only)
                #expect(shown.status == 200 && shown.version == version && shown.text.contains("\"c1\""))
            }
            #expect(try await gateway.stop() == 0)
        }
    }

    @Test func `speaks no TLS older than 1.2, and no plain HTTP`() async throws {
        try await withCertificates { (stage, certificates) async throws in
            let gateway = try await stage.startGateway(arguments: certificates.arguments)
            let address = "https://localhost:\(stage.port)/healthz"
            #expect(try await certificates.ask(address, trusting: "one", latest: .tlsv12).status == 200)
            await #expect(throws: (any Error).self) {
                try await certificates.ask(address, trusting: "one", latest: .tlsv11)
            }
            await #expect(throws: (any Error).self) { try await stage.client.get("/healthz") }
            #expect(try await gateway.stop() == 0)
        }
    }

    @Test func `speaks TLS 1.2 with authenticated encryption only`() async throws {
        try await withCertificates { (stage, certificates) async throws in
            let gateway = try await stage.startGateway(arguments: certificates.arguments)
            let address = "https://localhost:\(stage.port)/healthz"
            let good: [NIOTLSCipher] = [.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]
            let answer = try await certificates.ask(address, trusting: "one", latest: .tlsv12, suites: good)
            #expect(answer.status == 200)
            let cbc: [NIOTLSCipher] = [
                .TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, .TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
                .TLS_RSA_WITH_AES_128_CBC_SHA,
            ]
            await #expect(throws: (any Error).self) {
                try await certificates.ask(address, trusting: "one", latest: .tlsv12, suites: cbc)
            }
            #expect(try await gateway.stop() == 0)
        }
    }

    @Test func `takes a changed certificate over, and keeps the old one while the new one is faulty`() async throws {
        try await withCertificates { (stage, certificates) async throws in
            let gateway = try await stage.startGateway(arguments: certificates.arguments)
            let address = "https://localhost:\(stage.port)/healthz"
            try Data("no certificate".utf8).write(to: certificates.certificate)
            try await waitUntil("the log says that it is faulty") {
                gateway.lines.contains {
                    $0.contains("the current one stays active") && $0.contains("cert.pem has no certificate")
                }
            }
            #expect(try await certificates.ask(address, trusting: "one").status == 200)
            try await certificates.makeAuthority("two")
            try await certificates.makeServer(signedBy: "two")
            try await waitUntil("the log says that the new one was taken over") {
                gateway.lines.contains { $0.contains("the certificate was reloaded") }
            }
            #expect(try await certificates.ask(address, trusting: "two").status == 200)
            await #expect(throws: (any Error).self) { try await certificates.ask(address, trusting: "one") }
            #expect(try await gateway.stop() == 0)
        }
    }

    @Test func `says what is wrong with its files, and does not start`() async throws {
        try await withCertificates { (stage, certificates) async throws in
            let (certificate, key) = (certificates.certificate.path, certificates.key.path)
            let other = certificates.folder.appending(path: "one.key").path
            for (arguments, words) in [
                (["--tls-cert", "none.pem", "--tls-key", key], "none.pem cannot be read"),
                (["--tls-cert", key, "--tls-key", key], "key.pem has no certificate"),
                (["--tls-cert", certificate, "--tls-key", certificate], "cert.pem has no usable private key"),
                (["--tls-cert", certificate, "--tls-key", other], "does not belong to the first certificate"),
                (["--vendor-ca", key], "key.pem has no certificate"),
            ] {
                let gateway = try stage.launch(arguments)
                #expect(try await gateway.waitForExit() == 1)
                try await waitUntil("it says: \(words)") { gateway.lines.contains { $0.contains(words) } }
            }
            let half = try stage.launch(["--tls-cert", certificate])
            #expect(try await half.waitForExit() == 64)
        }
    }

    @Test func `delivers to a vendor whose certificate a private authority signed`() async throws {
        try await withCertificates { (vendor, certificates) async throws in
            // A gateway with Lago's own API is as good a vendor with TLS as any.
            let lago = try await vendor.startGateway(arguments: certificates.arguments)
            try await Stage.set { (stage) async throws in
                let base = "https://localhost:\(vendor.port)/lago"
                let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
                let routes = text.replacing("\(stage.sandbox.base)/lago", with: base)
                try Data(routes.utf8).write(to: stage.routesFile)
                var credentials = Stage.credentials
                credentials["E2E_LAGO"] = Stage.key
                let arguments = ["--vendor-ca", certificates.authority("one").path]
                let gateway = try await stage.startGateway(arguments: arguments, environment: credentials)
                #expect(try await stage.client.post("/v1/events", Self.event).status == 202)
                try await waitUntil("the event is at Lago") {
                    try await stage.statuses(of: "t1")["lago"] == "delivered"
                }
                #expect(try await gateway.stop() == 0)
            }
            #expect(try await lago.stop() == 0)
        }
    }

    @Test(arguments: [("2130706433", "one"), ("localhost", "two")])
    func `delivers nothing to a vendor whose certificate is not for its address, or signed by a stranger`(
        host: String,
        trusted: String
    ) async throws {
        try await withCertificates { (vendor, certificates) async throws in
            try await certificates.makeAuthority("two")
            let lago = try await vendor.startGateway(arguments: certificates.arguments)
            try await Stage.set { (stage) async throws in
                let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
                let base = "https://\(host):\(vendor.port)/lago"
                let routes = text.replacing("\(stage.sandbox.base)/lago", with: base)
                try Data(routes.utf8).write(to: stage.routesFile)
                let arguments = ["--vendor-ca", certificates.authority(trusted).path]
                let gateway = try await stage.startGateway(arguments: arguments, environment: Stage.credentials)
                #expect(try await stage.client.post("/v1/events", Self.event).status == 202)
                try await waitUntil("the vendor was tried") {
                    try await stage.statuses(of: "t1")["lago"] == "retrying"
                }
                #expect(try await gateway.stop() == 0)
            }
            let seen = try await certificates.ask(
                "https://localhost:\(vendor.port)/v1/events/t1",
                trusting: "one",
                http1Only: true
            )
            #expect(seen.status == 404)
            #expect(try await lago.stop() == 0)
        }
    }
}
