/// A `routes.json` of the benchmark: vendors that are all at the sink.
struct BenchRoutes {
    /// Providers that get each event; the adapter is the name up to a dash.
    var vendors: [String]
    /// Whether one more vendor takes requests and never answers.
    var hangs = false
    var concurrency = 16
    /// Whether the client may pass reads of customers on to Lago.
    var passes = false
    /// Whether the client may fill and compare vendors, which have no rate limit then.
    var manages = false
    /// Whether the client may look at the dashboard.
    var watches = false
    /// A migration, by its name, as in the file.
    var migration: String?
    /// Whether the vendors are the simulated ones, which ask for their keys.
    var isSimulated = false

    static let key = "tg_demo_5a4db0c5f1e2d3c4b5a69788"
    private static let digest = "97f523f477316f2ef7cb68e55f1853340d91b39ac1c4c3d3ccf7e8ac06c678e4"

    /// Nothing is delivered.
    static let none = BenchRoutes(vendors: [])
    /// Four accounts that take batches: the last is the one that a team moves to.
    static let four = BenchRoutes(vendors: ["lago", "polar", "flexprice", "lago-new"])
    static let three = BenchRoutes(vendors: ["lago", "polar", "flexprice"])
    static let watched = BenchRoutes(vendors: ["lago", "polar", "flexprice"], watches: true)
    static let passing = BenchRoutes(vendors: ["lago", "polar", "flexprice"], passes: true)
    static let fourth = BenchRoutes(vendors: ["lago", "polar", "flexprice"], hangs: true)
    /// The vendor that takes one event per request.
    static let knetik = BenchRoutes(vendors: ["knetik"], concurrency: 64)

    /// - Parameter sink: the port of the vendors.
    func text(sink: Int) -> String {
        var providers = vendors.map { provider($0, adapter: $0.prefix { $0 != "-" }, sink) }
        var destinations = vendors.map { #"{"provider":"\#($0)"\#(template($0))}"# }
        if hangs {
            providers.append(provider("silent", adapter: "flexprice", sink))
            destinations.append(#"{"provider":"silent"}"#)
        }
        if vendors.isEmpty {
            providers.append(provider("lago", adapter: "lago", sink))
            destinations.append(#"{"provider":"lago","mode":"off"\#(template("lago"))}"#)
        }
        return #"{"version":1,"providers":{\#(providers.joined(separator: ","))},"#
            + #""routes":[{"name":"all","to":[\#(destinations.joined(separator: ","))]}],"#
            + (migration.map { #""migrations":{\#($0)},"# } ?? "")
            + #""clients":[{"name":"bench","key_sha256":"\#(Self.digest)"\#(pass)}]}"#
    }

    private var pass: String {
        if manages { return #","scopes":["events:write","events:read","migrations:manage","admin"]"# }
        if watches { return #","scopes":["events:write","events:read","deliveries:manage","dashboard"]"# }
        guard passes else { return "" }
        return #","scopes":["events:write","events:read","vendor:read"],"pass":{"lago":"/api/v1/customers*"}"#
    }

    /// One provider whose vendor is the sink.
    private func provider(_ name: String, adapter: Substring, _ sink: Int) -> String {
        let batch = adapter == "knetik" ? "" : #""batch":100,"#
        let limit = manages ? #""rate_limit":"100000/s","# : ""
        let lag = manages && isSimulated ? #""reads":{"share":90,"lag":"100ms"},"# : ""
        let key = isSimulated ? "BENCH_\(adapter.uppercased())" : "BENCH_KEY"
        return #""\#(name)":{"adapter":"\#(adapter)","base_url":"http://127.0.0.1:\#(sink)/\#(name)",\#(batch)"#
            + #"\#(limit)\#(lag)"credential":{"env":"\#(key)"},"concurrency":\#(concurrency),"timeout":"60s"}"#
    }

    private func template(_ name: String) -> String {
        name.hasPrefix("lago") ? #","subscription_id":"sub_{customer_id}""# : ""
    }
}
