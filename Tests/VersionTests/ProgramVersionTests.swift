import Testing

@testable import Version

@Suite struct ProgramVersionTests {
    @Test func `has a semantic version, and a commit in its form or none`() {
        let version = ProgramVersion.current
        #expect(version.number.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+/) != nil, "\(version.number)")
        #expect(version.commit.wholeMatch(of: /[0-9a-f]{12}(\+changes)?|unknown/) != nil, "\(version.commit)")
        #expect(version.build.wholeMatch(of: /[A-Za-z0-9.+~_-]+/) != nil, "\(version.build)")
    }

    @Test func `says all of it in one line`() {
        let version = ProgramVersion(number: "1.2.3", commit: "0123456789ab", build: "7", configuration: "release")
        #expect(version.text == "1.2.3 (commit 0123456789ab, build 7, release)")
    }
}
