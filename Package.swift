// swift-tools-version: 6.2

import PackageDescription

/// The language mode and the features that every target of ours is compiled with.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
    // Tests run what users run. As a flag of the command line it would slow down the build of every library too.
    .unsafeFlags(["-enable-testing"], .when(configuration: .release)),
]

/// What tests are compiled with: they check optimized modules, but optimizing the tests as well would take most of the build's time.
let testSettings = settings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

/// Commit and build number, which `make` has in its environment: compiled into one C file, so that nothing else is built again.
let stamp: [CSetting] = ["TOLLGATE_COMMIT", "TOLLGATE_BUILD"].compactMap { name in
    let text = Context.environment[name, default: ""].filter { character in
        character.isASCII && (character.isLetter || character.isNumber || ".+~_-".contains(character))
    }
    return text.isEmpty ? nil : .define(name, to: "\"\(text)\"")
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPCompression = Target.Dependency.product(name: "NIOHTTPCompression", package: "swift-nio-extras")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioHTTPTypesHTTP2 = Target.Dependency.product(name: "NIOHTTPTypesHTTP2", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

let package = Package(
    name: "tollgate",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "tollgate", targets: ["tollgate"]),
        // Loaded into programs under test.
        .library(name: "FaultySystem", type: .dynamic, targets: ["FaultySystem"]),
        .library(name: "SteadyFlush", type: .dynamic, targets: ["SteadyFlush"]),
    ],
    dependencies: [
        // HTTP: the gateway's server and the simulators' server; its router, its request and response types.
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        // The event loops below both HTTP server and HTTP client; gzip of request bodies.
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        // HTTP/2 on the server's side: Hummingbird's own connections end at the fault of one stream, and wait without limit for a PING.
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        // TLS, on both sides.
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        // Calls to the gateway itself, and to the vendors' sinks in the benchmark.
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        // SQLite, the embedded store.
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        // Start and stop of the long-running parts, in order.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        // The command line.
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        // Log calls, whatever the format.
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        // Counts and times, whoever collects them.
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        // The templates of the dashboard's pages.
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
        // Queues that grow at one end and shrink at the other.
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        // Latencies in the benchmark.
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
    ],
    targets: [
        // Version and commit of the program. Nothing below depends on it, so that another commit compiles one C file.
        .target(name: "CBuild", cSettings: stamp),
        .target(name: "Version", dependencies: ["CBuild"], swiftSettings: settings),
        .target(name: "JSON", swiftSettings: settings),
        .target(name: "Randomness", swiftSettings: settings),
        .target(name: "Events", dependencies: ["JSON"], swiftSettings: settings),
        .target(name: "Vendors", dependencies: ["Digest", "Events", "JSON"], swiftSettings: settings),
        .target(name: "Facades", dependencies: ["Events", "JSON", "Vendors"], swiftSettings: settings),
        // Files that people write: their fields, and faults with their positions.
        .target(name: "ConfigurationFile", dependencies: ["Events", "JSON"], swiftSettings: settings),
        // What is counted and traced, as the modules that count see it.
        .target(name: "Telemetry", dependencies: [coreMetrics], swiftSettings: settings),
        // What the gateway's server and its calls to vendors have in common: event loops and TLS files.
        .target(name: "Transport", dependencies: [nioCore, nioSSL], swiftSettings: settings),
        .target(
            name: "Access",
            dependencies: ["ConfigurationFile", "Digest", "Events", "JSON", "Programs"],
            swiftSettings: settings
        ),
        // Which vendor's bill an event is on: customers' shares, billing periods, a migration's steps and gates. Decisions alone.
        .target(name: "OfRecord", dependencies: ["Events"], swiftSettings: settings),
        .target(
            name: "Routing",
            dependencies: ["Access", "ConfigurationFile", "Events", "JSON", "Notifications", "OfRecord"],
            exclude: ["routes.schema.json"],
            swiftSettings: settings
        ),
        // What vendors have against what they were sent: windows, matching, causes. Decisions alone.
        .target(name: "Parity", dependencies: ["Events", "JSON"], swiftSettings: settings),
        .target(
            name: "ParityRuns",
            dependencies: [
                "Events", "JSON", "Journal", "Parity", "Randomness", "Routing", "Telemetry", coreMetrics, grdb, logging,
                serviceLifecycle,
            ],
            swiftSettings: settings
        ),
        // LZ4, which packs the chunks of the journal.
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
        .target(name: "Journal", dependencies: ["Events"], swiftSettings: settings),
        .target(name: "JournalFormat", dependencies: ["CLZ4", "Events", "Journal"], swiftSettings: settings),
        .target(
            name: "JournalSQLite",
            dependencies: [
                "Digest", "Events", "Journal", "JournalFormat", "Telemetry", coreMetrics, grdb, logging,
                serviceLifecycle,
            ],
            swiftSettings: settings
        ),
        // PostgreSQL's own client library.
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(
            name: "JournalPostgres",
            dependencies: [
                "CLibpq", "Events", "Journal", "JournalFormat", "Parity", "Telemetry", coreMetrics, logging,
            ],
            swiftSettings: settings
        ),
        // A call of the system that its own module leaves out.
        .systemLibrary(name: "CSpawn"),
        // Other programs, which inherit nothing of the gateway.
        .target(name: "Programs", dependencies: ["CSpawn"], swiftSettings: settings),
        // SHA-256, of clients' keys and of files. The system's library takes no time to compile, unlike a copy of BoringSSL.
        .systemLibrary(
            name: "CLibcrypto",
            pkgConfig: "libcrypto",
            providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]
        ),
        .target(name: "Digest", dependencies: ["CLibcrypto"], swiftSettings: settings),
        .target(
            name: "Acceptance",
            dependencies: ["Access", "ConfigurationFile", "Events", "Journal", "Routing", "Telemetry", coreMetrics],
            swiftSettings: settings
        ),
        .target(
            name: "DeliveryEngine",
            dependencies: [
                "Access", "ConfigurationFile", "Events", "Journal", "OfRecord", "Randomness", "Routing", "Telemetry",
                "Transport",
                coreMetrics, deque, logging, nioCore, nioHTTP1, nioPosix, nioSSL, nioTLS, serviceLifecycle,
            ],
            swiftSettings: settings
        ),
        // What new routes would do to recorded traffic.
        .target(
            name: "Migration",
            dependencies: ["Access", "Events", "JSON", "Journal", "OfRecord", "Parity", "Routing"],
            swiftSettings: settings
        ),
        .target(
            name: "VendorReads",
            dependencies: ["Access", "DeliveryEngine", "Events", "Routing"],
            swiftSettings: settings
        ),
        // What the API and its readers show beside the journal itself: statistics, groups, previews, the configuration, CSV.
        .target(
            name: "Reports",
            dependencies: [
                "Acceptance", "Access", "ConfigurationFile", "DeliveryEngine", "Events", "JSON", "Journal", "Migration",
                "OfRecord",
                "Parity", "Routing", "Telemetry",
            ],
            swiftSettings: settings
        ),
        // The dashboard's pages: what they show, how it is written, and who is signed in. No I/O.
        .target(
            name: "Dashboard",
            dependencies: [
                "Access", "ConfigurationFile", "Digest", "Events", "JSON", "Journal", "Migration", "OfRecord", "Parity",
                "Reports", "Routing", mustache,
            ],
            resources: [.embedInCode("Assets"), .embedInCode("Templates")],
            swiftSettings: settings
        ),
        .target(
            name: "Ingress",
            dependencies: [
                "Acceptance", "Access", "ConfigurationFile", "Dashboard", "DeliveryEngine", "Events", "Journal", "JSON",
                "Migration", "OfRecord", "Parity", "Randomness", "Reports", "Routing", "Telemetry", "Transport",
                "VendorReads",
                "Version", coreMetrics, deque, httpTypes, hummingbird, logging, nioCore, nioEmbedded, nioHTTP1,
                nioHTTP2,
                nioHTTPCompression, nioHTTPTypes,
                nioHTTPTypesHTTP1, nioHTTPTypesHTTP2, nioPosix, nioSSL, nioTLS, serviceLifecycle,
            ],
            swiftSettings: settings
        ),
        // What people are told when something is wrong: conditions, messages, formats. Decisions alone.
        .target(name: "Notifications", dependencies: ["Digest", "Events", "JSON"], swiftSettings: settings),
        // Spans in OpenTelemetry's protocol, and when they are sent. Decisions alone.
        .target(name: "OTLP", dependencies: ["JSON", "Telemetry"], swiftSettings: settings),
        // Small bodies for servers that are not vendors.
        .target(
            name: "Posting",
            dependencies: [asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL],
            swiftSettings: settings
        ),
        .target(name: "Observability", dependencies: ["Telemetry", coreMetrics, logging], swiftSettings: settings),
        .target(
            name: "Gateway",
            dependencies: [
                "Acceptance", "Access", "ConfigurationFile", "DeliveryEngine", "Digest", "Events", "Facades",
                "Ingress", "Journal", "JournalPostgres", "JournalSQLite", "JSON", "Migration", "Observability",
                "Notifications", "OfRecord", "OTLP", "Parity", "ParityRuns", "Posting", "Programs", "Reports",
                "Routing", "Telemetry", "Transport", "VendorReads", "Vendors", "Version", coreMetrics, logging, nioCore,
                nioPosix, nioSSL, serviceLifecycle, unixSignals,
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Sandbox",
            dependencies: [
                "Randomness", httpTypes, hummingbird, logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle,
            ],
            swiftSettings: settings
        ),
        // gzip, in which many keep the files that they send.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "Client",
            dependencies: ["CZlib", "Digest", "Events", "JSON", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL],
            swiftSettings: settings
        ),
        // Vendors' exports and tables of events, as the gateway's own events. Decisions alone.
        .target(
            name: "Imports",
            dependencies: ["Client", "Digest", "Events", "JSON", "OfRecord"],
            swiftSettings: settings
        ),
        // The allocator of the program: an event is made on one thread and freed on another, which the system's takes locks for.
        .systemLibrary(name: "CMimalloc", providers: [.apt(["libmimalloc-dev"]), .brew(["mimalloc"])]),
        .executableTarget(
            name: "tollgate",
            dependencies: [
                "Access", "CMimalloc", "Client", "ConfigurationFile", "Dashboard", "Events", "Gateway", "Imports",
                "Ingress", "JSON",
                "Journal", "JournalFormat",
                "JournalPostgres", "JournalSQLite",
                "Observability", "OfRecord", "Routing",
                "Sandbox", "Version",
                argumentParser,
                logging, nioCore, nioHTTP1, serviceLifecycle, unixSignals,
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "tollgate-bench",
            dependencies: [
                "Access", "Events", "JSON", "Journal", "JournalPostgres", "JournalSQLite", "Parity", "PostgresServer",
                "Routing", "TestSupport",
                "Vendors", argumentParser, asyncHTTPClient, histogram, hummingbird, logging, nioCore, nioHTTP1,
                nioPosix,
            ],
            swiftSettings: settings
        ),

        // What tests share: helpers, and the behaviour suites that every implementation of a protocol must pass.
        .target(
            name: "TestSupport",
            dependencies: ["CSpawn", "Events", "Randomness"],
            path: "Tests/Support/TestSupport",
            swiftSettings: settings
        ),
        // A PostgreSQL server of a test run's own.
        .target(
            name: "PostgresServer",
            dependencies: ["TestSupport"],
            path: "Tests/Support/PostgresServer",
            swiftSettings: settings
        ),
        .target(
            name: "JournalBehaviour",
            dependencies: ["Events", "Journal", "Randomness", "TestSupport"],
            path: "Tests/Support/JournalBehaviour",
            swiftSettings: settings
        ),

        .target(
            name: "ParityBehaviour",
            dependencies: ["Events", "Parity"],
            path: "Tests/Support/ParityBehaviour",
            swiftSettings: settings
        ),

        // A wall clock that is wrong and slow name servers, for one program under test.
        .target(name: "FaultySystem", path: "Tests/Support/FaultySystem"),
        // A disk whose flushes take as long as those of a usual one, for a PostgreSQL server that is measured.
        .target(name: "SteadyFlush", path: "Tests/Support/SteadyFlush"),

        .testTarget(name: "VersionTests", dependencies: ["Version"], swiftSettings: testSettings),
        .testTarget(
            name: "NotificationsTests",
            dependencies: ["Events", "JSON", "Notifications", "Randomness"],
            swiftSettings: testSettings
        ),
        .testTarget(name: "OTLPTests", dependencies: ["JSON", "OTLP", "Telemetry"], swiftSettings: testSettings),
        .testTarget(
            name: "PostingTests",
            dependencies: ["Posting", "TestSupport", nioSSL],
            swiftSettings: testSettings
        ),
        .testTarget(name: "ProgramsTests", dependencies: ["Programs", "TestSupport"], swiftSettings: testSettings),
        .testTarget(name: "DigestTests", dependencies: ["Digest"], swiftSettings: testSettings),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], swiftSettings: testSettings),
        .testTarget(name: "EventsTests", dependencies: ["Events", "JSON", "TestSupport"], swiftSettings: testSettings),
        .testTarget(
            name: "ConfigurationFileTests",
            dependencies: ["ConfigurationFile", "Events", "JSON"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "VendorsTests",
            dependencies: ["ConfigurationFile", "Digest", "Events", "JSON", "Routing", "TestSupport", "Vendors"],
            exclude: ["Exchanges"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ParityTests",
            dependencies: ["Events", "Parity", "Randomness"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ParityRunsTests",
            dependencies: [
                "Access", "Events", "JSON", "Journal", "JournalSQLite", "OfRecord", "Parity", "ParityBehaviour",
                "ParityRuns", "Randomness", "Routing", "TestSupport", "Vendors", coreMetrics, grdb, logging,
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "FacadesTests",
            dependencies: ["Events", "Facades", "JSON", "Randomness", "TestSupport", "Vendors"],
            exclude: ["Polar/Recorded"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "OfRecordTests",
            dependencies: ["Events", "OfRecord", "Randomness"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "RoutingTests",
            dependencies: [
                "Access", "ConfigurationFile", "Events", "Facades", "JSON", "Notifications", "OfRecord", "Randomness",
                "Routing", "TestSupport", "Vendors",
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "MigrationTests",
            dependencies: [
                "Events", "JSON", "Journal", "Migration", "OfRecord", "Parity", "Randomness", "Routing", "Vendors",
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "JournalTests",
            dependencies: ["Events", "Journal", "TestSupport"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "JournalFormatTests",
            dependencies: ["Events", "Journal", "JournalFormat", "Randomness", "TestSupport"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "JournalSQLiteTests",
            dependencies: [
                "Events", "Journal", "JournalBehaviour", "JournalFormat", "JournalSQLite", "Randomness", "TestSupport",
                grdb, logging,
            ],
            exclude: ["Layouts/Journals"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "JournalPostgresTests",
            dependencies: [
                "Access", "Events", "Journal", "JournalBehaviour", "JournalFormat", "JournalPostgres", "JournalSQLite",
                "Parity", "ParityBehaviour", "PostgresServer", "Randomness", "TestSupport", logging,
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "AccessTests",
            dependencies: ["Access", "ConfigurationFile", "Events", "Randomness", "Routing", "TestSupport"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "AcceptanceTests",
            dependencies: [
                "Acceptance", "Access", "ConfigurationFile", "Events", "Journal", "JournalSQLite", "Routing",
                "TestSupport", logging,
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "DeliveryEngineTests",
            dependencies: [
                "DeliveryEngine", "Events", "Journal", "JournalSQLite", "OfRecord", "Randomness", "Routing",
                "Telemetry", "TestSupport", "Transport", "VendorReads", "Vendors", grdb, logging, nioCore, nioEmbedded,
                nioPosix, nioSSL, serviceLifecycle,
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "DashboardTests",
            dependencies: [
                "Access", "ConfigurationFile", "Dashboard", "Events", "JSON", "Journal", "Migration", "OfRecord",
                "Parity", "Randomness", "Reports", "Routing", "Vendors",
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "IngressTests",
            dependencies: [
                "Acceptance", "Access", "ConfigurationFile", "DeliveryEngine", "Events", "Ingress", "Journal",
                "JournalBehaviour", "JournalSQLite", "JSON", "Migration", "OfRecord", "Parity", "Randomness", "Reports",
                "Routing", "Telemetry", "TestSupport", "Transport", "VendorReads",
                asyncHTTPClient,
                httpTypes, logging, nioCore, nioEmbedded, nioHTTP1, nioPosix,
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Access", "ConfigurationFile", "DeliveryEngine", "Digest", "Events", "Gateway", "Ingress", "JSON",
                "Journal", "JournalSQLite", "Migration", "Notifications", "Observability", "OfRecord", "Parity",
                "ParityRuns", "Posting", "Randomness", "Reports", "Routing", "Telemetry", "TestSupport", "Version",
                coreMetrics, logging, nioCore,
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ObservabilityTests",
            dependencies: ["Observability", "Telemetry", "TestSupport", coreMetrics, logging],
            swiftSettings: testSettings
        ),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"], swiftSettings: testSettings),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "Acceptance", "Access", "ConfigurationFile", "Events", "Journal", "JournalBehaviour", "JournalSQLite",
                "OfRecord", "Parity", "Reports", "Routing", "Telemetry", "TestSupport", "Vendors", logging,
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "SandboxTests",
            dependencies: ["Sandbox", "TestSupport", asyncHTTPClient, httpTypes, nioCore, nioHTTP1],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ClientTests",
            dependencies: ["Client", "Events", "JSON", "TestSupport", nioCore, nioHTTP1, nioPosix],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ImportsTests",
            dependencies: ["Client", "Events", "Imports", "JSON", "OfRecord", "TestSupport"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "tollgateTests",
            dependencies: [
                "Access", "Client", "Events", "Gateway", "Imports", "Ingress", "JSON", "Journal", "JournalPostgres",
                "JournalSQLite", "Routing", "tollgate",
                argumentParser,
            ],
            swiftSettings: testSettings
        ),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: testSettings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Digest", "Events", "Journal", "JournalBehaviour", "JournalSQLite", "PostgresServer", "TestSupport",
                "tollgate", asyncHTTPClient,
                logging, nioCore,
                nioHTTP1,
                nioPosix, nioSSL,
            ],
            swiftSettings: testSettings
        ),
    ]
)

// `make docs` only: a plain build neither fetches nor builds it.
if Context.environment["TOLLGATE_DOCS"] != nil {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin.git", from: "1.5.0"))
}
