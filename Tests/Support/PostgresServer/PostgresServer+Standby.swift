import Foundation

extension PostgresServer {
    /// Has every commit wait until the standby has written it to disk; returns when that is so.
    package func waitForStandby() async throws {
        // The standby was copied before: it will not wait for one of its own.
        try await run("ALTER SYSTEM SET synchronous_standby_names = '*'")
        try await run("SELECT pg_reload_conf()")
        let end = ContinuousClock.now + .seconds(120)
        while try await run("SELECT sync_state FROM pg_stat_replication") != ["sync"] {
            guard ContinuousClock.now < end else {
                throw PostgresServerFailure(description: "the standby is not synchronous: \(log.suffix(500))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Makes a standby the server that takes writes.
    package func promote() async throws {
        guard try await run("SELECT pg_promote()") == ["t"] else {
            throw PostgresServerFailure(description: "the standby was not promoted: \(log.suffix(500))")
        }
    }

    /// The address of both, of which a client takes the one that accepts writes.
    package func address(orThatOf standby: PostgresServer) -> String {
        let hosts = "127.0.0.1:\(port),127.0.0.1:\(standby.port)"
        return "postgresql://tollgate@\(hosts)/postgres?sslmode=disable&target_session_attrs=read-write"
    }
}
