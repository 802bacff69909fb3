import ArgumentParser
import Testing

@testable import tollgate

/// Settings from the environment.
@Suite struct VariableTests {
    private func fault(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ValidationError)?.message ?? "\(error)"
        }
    }

    private func limit(_ value: String?, else given: Int? = nil) throws -> Int? {
        let environment = value.map { ["LIMIT": $0] } ?? [:]
        return try Variable.limit("LIMIT", else: given, option: "--limit", in: 2...64, environment: environment)
    }

    @Test func `prefers the option to the variable, and has no value without them`() throws {
        #expect(try limit("64") == 64)
        #expect(try limit("64", else: 2) == 2)
        #expect(try limit(nil, else: 2) == 2)
        #expect(try limit(nil) == nil)
    }

    @Test(arguments: ["1", "65", "", "ten", "2.0", " 2", "9223372036854775808"])
    func `refuses a variable that is no such number, also where the option is given`(value: String) {
        let message = "environment variable LIMIT must be an integer from 2 to 64; found \"\(value)\""
        #expect(fault { _ = try limit(value) } == message)
        #expect(fault { _ = try limit(value, else: 3) } == message)
    }

    @Test(arguments: [1, 65, -1, Int.max])
    func `refuses an option that is outside of the bounds`(given: Int) {
        #expect(fault { _ = try limit(nil, else: given) } == "--limit must be from 2 to 64")
    }

    @Test func `checks a variable only if it is set`() {
        let check = { (environment: [String: String]) in
            try Variable.check("SWITCH", is: "on or off", in: environment) { ["on", "off"].contains($0) }
        }
        #expect(fault { try check([:]) } == nil)
        #expect(fault { try check(["SWITCH": "on"]) } == nil)
        #expect(
            fault { try check(["SWITCH": "yes"]) } == "environment variable SWITCH must be on or off; found \"yes\""
        )
    }

    @Test(arguments: ["8090", ":8090", "host:65536"])
    func `refuses an address in a variable rather than listen at another one`(value: String) {
        #expect(
            fault { try ListenAddress.check("LISTEN", in: ["LISTEN": value]) }
                == "environment variable LISTEN must be HOST:PORT, such as 127.0.0.1:8080; found \"\(value)\""
        )
        #expect(fault { try ListenAddress.check("LISTEN", in: [:]) } == nil)
    }
}
