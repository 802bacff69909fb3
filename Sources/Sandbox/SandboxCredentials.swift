/// The keys that the simulators accept: for a first try and for tests, known to everybody.
package enum SandboxCredentials {
    package static let knetik = "acct-sandbox"
    package static let flexprice = "sk_sandbox_0123456789abcdef"
    package static let polar = "polar_oat_sandbox_0123456789abcdef"
    package static let lago = "5a4db0c5-0000-4000-8000-5a4db0c50000"
}
