import Access
import Events
import Foundation
import Routing
import TestSupport
import Testing

@Suite struct CredentialVaultTests {
    private static let traits = VendorTraits(
        adapter: "acme",
        vendor: "Acme",
        api: VendorAPI(
            defaultBaseURL: "https://acme.example",
            credential: .query(name: "key")
        ),
        requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none)
    )

    private func vault(
        _ credential: String,
        environment: [String: String] = [:],
        clients: String = "[]",
        programLimit: Duration = .seconds(120)
    ) throws -> CredentialVault {
        let text = #"""
            {"version":1,"providers":{"p":{"adapter":"acme","credential":\#(credential)}},
             "routes":[{"name":"r","to":[{"provider":"p"}]}],"clients":\#(clients)}
            """#
        let routes = try RoutesReader(vendors: [SampleAdapter(Self.traits)]).read(Array(text.utf8)).routes
        return CredentialVault(of: CurrentRoutes(routes), environment: environment, programLimit: programLimit)
    }

    private func fault(_ vault: CredentialVault) async -> String? {
        do throws(CredentialUnavailable) {
            _ = try await vault.credential(of: "p")
            return nil
        } catch {
            return error.message
        }
    }

    @Test func `takes a credential from the environment`() async throws {
        #expect(
            try await vault(#"{"env":"KEY"}"#, environment: ["KEY": "s3cret"]).credential(of: "p").reveal() == "s3cret"
        )
    }

    @Test func `takes another credential as soon as the configuration names one`() async throws {
        func routes(_ credential: String) throws -> Routes {
            let text = #"""
                {"version":1,"providers":{"p":{"adapter":"acme","credential":\#(credential)}},
                 "routes":[{"name":"r","to":[{"provider":"p"}]}],"clients":[]}
                """#
            return try RoutesReader(vendors: [SampleAdapter(Self.traits)], allowsInlineSecrets: true)
                .read(Array(text.utf8)).routes
        }
        let current = CurrentRoutes(try routes(#"{"env":"KEY"}"#))
        let vault = CredentialVault(of: current, environment: ["KEY": "first", "OTHER": "second"])
        for (credential, key) in [
            (#"{"env":"KEY"}"#, "first"), (#"{"env":"OTHER"}"#, "second"), (#"{"inline":"third"}"#, "third"),
            (#"{"inline":"fourth"}"#, "fourth"), (#"{"env":"KEY"}"#, "first"),
        ] {
            current.replace(by: try routes(credential))
            for _ in 1...2 { #expect(try await vault.credential(of: "p").reveal() == key) }
        }
    }

    @Test func `gives a tenant's own account the tenant's credential`() async throws {
        let clients = #"[{"name": "shop", "tenant": "s", "credentials": {"p": {"env": "SHOP"}}}]"#
        let vault = try vault(#"{"env":"KEY"}"#, environment: ["KEY": "s3cret", "SHOP": "own"], clients: clients)
        #expect(try await vault.credential(of: "p").reveal() == "s3cret")
        #expect(try await vault.credential(of: "p@s").reveal() == "own")
    }

    @Test func `tells whether two keys are the same, wherever they come from`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "key")
            try Data("s3cret\n".utf8).write(to: file)
            let vault = try vault(#"{"env":"KEY"}"#, environment: ["KEY": "s3cret", "OTHER": "own"])
            func digest(_ source: CredentialSource, runsPrograms: Bool = true) async -> CredentialDigest? {
                await vault.digest(from: source, of: "p", runsPrograms: runsPrograms)
            }
            let key = try #require(await digest(.environment("KEY")))
            #expect(await digest(.file(file.path)) == key)
            let program = CredentialSource.command(CredentialCommand(["cat", file.path], refresh: .seconds(600)))
            #expect(await digest(program, runsPrograms: false) == nil)
            #expect(await digest(program) == key)
            #expect(await digest(.environment("OTHER")) != key)
            #expect(await digest(.environment("MISSING")) == nil)
        }
    }

    @Test func `names the variable that is missing`() async throws {
        let vault = try vault(#"{"env":"KEY"}"#)
        #expect(await fault(vault) == "the environment variable KEY is not set; set it to the vendor's key")
        #expect(await vault.missing.count == 1)
    }

    @Test func `never repeats a credential that cannot be used`() async throws {
        let vault = try vault(#"{"env":"KEY"}"#, environment: ["KEY": "s3cret\nX-Evil: 1"])
        let message = try #require(await fault(vault))
        #expect(!message.contains("s3cret"))
        #expect(message.contains("KEY"))
    }

    @Test(arguments: ["s3cret\n", " s3cret", "s3cret\r\n", "\n\ts3cret \n"])
    func `trims a variable and an inline key like a file`(value: String) async throws {
        let variable = try vault(#"{"env":"KEY"}"#, environment: ["KEY": value])
        #expect(try await variable.credential(of: "p").reveal() == "s3cret")
    }

    @Test(arguments: [
        ("s3cret\nother", "has several lines"), ("s3cret\rother", "has several lines"),
        ("Bearer s3cret", "begins with \"Bearer \""), ("bearer\ts3cret", "begins with \"Bearer \""),
        ("\"s3cret\"", "quotation marks"), ("'s3cret'", "quotation marks"), ("s3cret key", "without spaces"),
        ("s3crét", "visible ASCII"), (" \n", "is empty"),
    ])
    func `names what is wrong with a key, without the key`(value: String, flaw: String) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "key")
            try Data(value.utf8).write(to: file)
            for vault in [
                try vault(#"{"env":"KEY"}"#, environment: ["KEY": value]), try vault(#"{"file":"\#(file.path)"}"#),
            ] {
                let message = try #require(await fault(vault))
                #expect(message.contains(flaw), "\(message)")
                #expect(!message.contains("s3cr") && !message.contains("other"))
            }
        }
    }

    @Test func `reads a file again when it changes`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "key")
            let vault = try vault(#"{"file":"\#(file.path)"}"#)
            #expect(await fault(vault)?.contains(file.path) == true)
            try Data("first\n".utf8).write(to: file)
            #expect(try await vault.credential(of: "p").reveal() == "first")
            try Data("second-key".utf8).write(to: file)
            #expect(try await vault.credential(of: "p").reveal() == "second-key")
        }
    }

    @Test func `runs a program once in its time, whoever asks, and trims what it prints`() async throws {
        try await withTemporaryFolder { folder in
            let runs = folder.appending(path: "runs")
            let script = "echo run >> '\(runs.path)'; sleep 0.2; printf ' s3cret\\\\n\\\\n'"
            let vault = try vault(#"{"command":["sh","-c","\#(script)"]}"#, environment: ["PATH": "/bin:/usr/bin"])
            let secrets = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<10 { group.addTask { try await vault.credential(of: "p").reveal() } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(secrets == Array(repeating: "s3cret", count: 10))
            #expect(try String(contentsOf: runs, encoding: .utf8) == "run\n")
        }
    }

    @Test func `runs a program again when its time is over, and goes on with what it had if that fails`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "key")
            try Data("first".utf8).write(to: file)
            let vault = try vault(
                #"{"command":["cat","\#(file.path)"],"refresh":"1ms"}"#,
                environment: ["PATH": "/bin:/usr/bin"]
            )
            #expect(try await vault.credential(of: "p").reveal() == "first")
            try Data("second".utf8).write(to: file)
            try await waitUntil("the second key is there") { try await vault.credential(of: "p").reveal() == "second" }
            try FileManager.default.removeItem(at: file)
            for _ in 0..<3 { #expect(try await vault.credential(of: "p").reveal() == "second") }
        }
    }

    @Test(arguments: [
        (#"["sh", "-c", "echo planted; exit 3"]"#, "the program sh ended with exit code 3"),
        (#"["/nowhere/pass", "planted"]"#, "the program /nowhere/pass could not be started"),
        (#"["sh", "-c", "printf 'planted and more'"]"#, "what the program sh prints must hold one key"),
        (#"["true"]"#, "what the program true prints is empty"),
        (#"["sh", "-c", "echo planted; sleep 60"]"#, "the program sh did not end within 1 s"),
        (#"["sh", "-c", "kill -9 $$"]"#, "the program sh was ended by signal 9"),
        (#"["yes", "planted"]"#, "the program yes printed too much"),
    ])
    func `says what is wrong with a program, and never what it printed`(command: String, message: String) async throws {
        let vault = try vault(
            #"{"command":\#(command)}"#,
            environment: ["PATH": "/bin:/usr/bin"],
            programLimit: command.contains("sleep") ? .seconds(1) : .seconds(120)
        )
        let found = try #require(await fault(vault))
        #expect(found.hasPrefix(message), "\(found)")
        #expect(!found.contains("planted"))
    }

    @Test func `does not wait for what a program leaves running behind`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "helper")
            // Within the limit no helper ends that holds the program's output open.
            let vault = try vault(
                #"{"command":["sh","-c","sleep 600 & echo $! > '\#(file.path)'; printf key-1"]}"#,
                environment: ["PATH": "/bin:/usr/bin"]
            )
            #expect(await fault(vault) == nil)
            let text = try String(contentsOf: file, encoding: .utf8)
            kill(try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))), SIGKILL)
            #expect(try await vault.credential(of: "p").reveal() == "key-1")
        }
    }

    @Test func `gives a program the variables that it needs and no other`() async throws {
        let environment = [
            "PATH": "/bin:/usr/bin", "HOME": "/home/t", "VAULT_ADDR": "here", "OTHER_VENDOR_KEY": "planted",
        ]
        let script = #"env | grep -v '^_=\\|^PWD=\\|^SHLVL=\\|^OLDPWD=' | cut -d= -f1 | sort | tr '\\n' ,"#
        let few = try vault(#"{"command":["sh","-c","\#(script)"]}"#, environment: environment)
        #expect(try await few.credential(of: "p").reveal() == "HOME,PATH,")
        let more = try vault(
            #"{"command":["sh","-c","\#(script)"],"variables":["VAULT_ADDR","UNSET"]}"#,
            environment: environment
        )
        #expect(try await more.credential(of: "p").reveal() == "HOME,PATH,VAULT_ADDR,")
    }

    @Test func `gives a program no open file beyond its own, and no ignored signal`() async throws {
        // Both are inherited unless something is done about it.
        let null = open("/dev/null", O_RDONLY)
        defer { close(null) }
        let file = fcntl(null, F_DUPFD, 200)
        defer { close(file) }
        try #require(file >= 200)
        let before = signal(SIGUSR2, SIG_IGN)
        defer { _ = signal(SIGUSR2, before) }
        let script = #"test -e /proc/$$/fd/\#(file) && printf open,; grep SigIgn /proc/$$/status | tr -d '\\t'"#
        let vault = try vault(#"{"command":["sh","-c","\#(script)"]}"#, environment: ["PATH": "/bin:/usr/bin"])
        let printed = try await vault.credential(of: "p").reveal()
        let ignored = try #require(printed.wholeMatch(of: #/SigIgn:([0-9a-f]{16})/#), "\(printed)").1
        // The C library keeps two for itself, from 32 on.
        #expect(Int(ignored, radix: 16).map { $0 & 0x7FFF_FFFF } == 0)
    }

    @Test func `ends what a program has started when its time is over`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "pid")
            var started: pid_t?
            // On a busy machine, the program may not even have begun when its time is over.
            for limit in [5, 40, 320] where started == nil {
                let vault = try vault(
                    #"{"command":["sh","-c","sleep 300 & echo $! > '\#(file.path)'; wait"]}"#,
                    environment: ["PATH": "/bin:/usr/bin"],
                    programLimit: .seconds(limit)
                )
                #expect(await fault(vault)?.contains("did not end within \(limit) s") == true)
                let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
                started = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            let helper = try #require(started)
            try await waitUntil("the helper has ended") { Self.hasEnded(helper) }
        }
    }

    /// A process that nobody waits for stays as a zombie.
    private static func hasEnded(_ process: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        return status.contains(") Z")
    }
}
