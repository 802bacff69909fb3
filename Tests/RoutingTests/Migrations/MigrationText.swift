import ConfigurationFile
import Events
import OfRecord
import Routing
import TestSupport

/// Small files of routes with a migration, and what the reader says of them.
enum MigrationText {
    /// `acme` and `bolt` bill by the time of an event, `tide` by its receipt.
    static let vendors =
        SampleVendors.all + [
            SampleAdapter(
                VendorTraits(
                    adapter: "tide",
                    vendor: "Tide",
                    api: VendorAPI(
                        defaultBaseURL: "https://api.tide.example",
                        credential: .header(name: "Authorization", prefix: "Bearer ")
                    ),
                    requests: RequestTraits(
                        batch: BatchLimit(events: 100, bytes: 1 << 20),
                        deduplication: .byIdentity(memory: nil)
                    ),
                    billing: BillingTraits(clock: .receipt)
                )
            )
        ]

    static let migration = #"{"route": "r", "from": "a", "to": "b"}"#

    /// A good file but for the parts that a test gives.
    /// - Parameter adapters: of the providers `a` and `b`; `c` is at the same account as `a`.
    static func file(
        adapters: (String, String) = ("acme", "acme"),
        routes: String = #"[{"name": "r", "to": [{"provider": "a"}, {"provider": "b", "mode": "mirror"}]}]"#,
        migrations: String = #"{"m": \#(migration)}"#
    ) -> String {
        #"""
        {"version": 1,
         "providers": {"a": {"adapter": "\#(adapters.0)", "credential": {"env": "A"}},
                       "b": {"adapter": "\#(adapters.1)", "credential": {"env": "B"}},
                       "c": {"adapter": "\#(adapters.0)", "credential": {"env": "A"}}},
         "routes": \#(routes),
         "migrations": \#(migrations),
         "clients": []}
        """#
    }

    /// - Parameter files: beside the file, by name.
    static func contents(_ text: String, files: [String: String] = [:]) throws(FaultyConfiguration)
        -> RoutesReader.Contents
    {
        var reader = RoutesReader(vendors: vendors)
        reader.neighbour = { name in files[name].map { Array($0.utf8) } }
        return try reader.read(Array(text.utf8))
    }

    static func read(_ text: String, files: [String: String] = [:]) throws -> Routes {
        try contents(text, files: files).routes
    }

    /// Faults and warnings, a line each.
    static func faults(in text: String, files: [String: String] = [:]) -> [String] {
        do {
            return try contents(text, files: files).warnings.map { $0.line(in: "f") }
        } catch {
            return error.faults.map { $0.line(in: "f") }
        }
    }
}
