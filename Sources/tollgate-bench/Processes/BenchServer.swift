import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// A server of the benchmark, in a process of its own, that answers at a port of this machine.
struct BenchServer {
    let process: BenchProcess
    let port: Int

    /// Starts a program and returns when it takes requests.
    ///
    /// - Parameters:
    ///   - path: what is answered as soon as requests are taken.
    ///   - arguments: the program's arguments, given the port.
    init(
        _ program: String,
        environment: [String: String] = [:],
        readyAt path: String = "/readyz",
        in scratch: Scratch,
        arguments: (Int) -> [String]
    ) async throws {
        port = try await Self.freePort()
        process = try BenchProcess(program, arguments(port), environment: environment, in: scratch)
        do {
            try await waitUntilReady(path)
        } catch {
            await process.stop()
            throw error
        }
    }

    /// Carries out something with the server, and stops it, come what may.
    nonisolated(nonsending) func whileRunning<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await body()
            await process.stop()
            return result
        } catch {
            await process.stop()
            throw error
        }
    }

    /// What the server answers to a GET.
    func get(_ path: String, _ header: (name: String, value: String)? = nil) async throws
        -> (status: HTTPResponseStatus, body: ByteBuffer)
    {
        try await execute(.GET, path, header, nil)
    }

    /// What the server answers to a POST of JSON.
    func post(_ path: String, _ json: String, _ header: (name: String, value: String)) async throws
        -> (status: HTTPResponseStatus, body: ByteBuffer)
    {
        try await execute(.POST, path, header, json)
    }

    private func execute(
        _ method: HTTPMethod,
        _ path: String,
        _ header: (name: String, value: String)?,
        _ json: String?
    ) async throws -> (status: HTTPResponseStatus, body: ByteBuffer) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
        request.method = method
        if let header { request.headers.add(name: header.name, value: header.value) }
        if let json {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: json))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        return (response.status, try await response.body.collect(upTo: 1 << 20))
    }

    /// A port that nobody listens on.
    static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port
        try await channel.close()
        guard let port else { throw BenchFailure(description: "there is no free port") }
        return port
    }

    /// Polls until the server responds, for at most ten seconds.
    private func waitUntilReady(_ path: String) async throws {
        let end = ContinuousClock.now + .seconds(10)
        var last = "no answer"
        while process.isRunning, ContinuousClock.now < end {
            do {
                let status = try await get(path).status
                if status == .ok { return }
                last = "\(status)"
            } catch {
                last = "\(error)"
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw process.failure(process.isRunning ? "is not ready: \(last)" : "ended before it was ready")
    }
}
