import Foundation
import TestSupport

/// A PgBouncer in front of a server of a test run, on a port of its own. It ends with the test run, however that ends.
package final class PoolerServer: Sendable {
    /// How it gives sessions of the server to clients.
    package enum Mode: String, Sendable {
        case session, transaction
    }

    /// On 127.0.0.1.
    package let port: Int
    private let keeper: ServerKeeper

    /// Starts it.
    /// - Parameter roles: who may connect, without a password.
    package static func make(
        before server: PostgresServer,
        _ mode: Mode,
        roles: [String]
    ) async throws -> PoolerServer {
        try await onThreadOfItsOwn { try PoolerServer(before: server, mode, roles: roles) }
    }

    private init(before server: PostgresServer, _ mode: Mode, roles: [String]) throws {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"]
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let program else {
            throw PostgresServerFailure(
                description: "pgbouncer is not installed: run `make install`, or install the package pgbouncer"
            )
        }
        let folder = PostgresServer.temporaryFolder().appending(path: "tollgate-pooler-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = try FreePort.find()
        let settings = """
            [databases]
            * = host=\(server.folder) port=\(server.port)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = trust
            auth_file = \(folder.path)/users
            pool_mode = \(mode.rawValue)
            default_pool_size = 60
            max_client_conn = 200
            """
        try Data(settings.utf8).write(to: folder.appending(path: "settings"))
        let users = roles.map { "\"\($0)\" \"\"\n" }.joined()
        try Data(users.utf8).write(to: folder.appending(path: "users"))
        keeper = try ServerKeeper(["-c", Self.script, "pooler", program, folder.path, "\(port)", server.programFolder])
        try keeper.expect("started")
    }

    /// The address of the database behind it.
    package func address(for role: String) -> String {
        "postgresql://\(role)@127.0.0.1:\(port)/postgres?sslmode=disable&connect_timeout=120"
    }

    /// Called with the program, its folder, which it removes, its port, and the folder of PostgreSQL's programs.
    private static let script = #"""
        set -u
        program=$1 folder=$2 port=$3 programs=$4
        trap '' INT TERM HUP
        unprivileged() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
        chmod 755 "$folder"
        if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; fi
        cd "$folder"
        unprivileged "$program" "$folder/settings" </dev/null >"$folder/log" 2>&1 &
        started=$!
        until "$programs/pg_isready" -q -h 127.0.0.1 -p "$port"; do
            kill -0 "$started" 2>/dev/null || { echo "failed: $(tail -n 3 "$folder/log" | tr '\n' ' ')"; break; }
            sleep 0.05
        done
        kill -0 "$started" 2>/dev/null && echo started
        while read -r command; do :; done
        kill -TERM $(pgrep -P "$started") "$started" 2>/dev/null
        wait
        rm -rf "$folder"
        """#
}
