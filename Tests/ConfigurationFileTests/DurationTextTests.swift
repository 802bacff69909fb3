import ConfigurationFile
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        (Duration.milliseconds(1), "1ms"), (.milliseconds(1500), "1500ms"), (.seconds(90), "90s"),
        (.seconds(600), "10m"),
        (.seconds(3600), "1h"), (.seconds(5 * 3600), "5h"), (.seconds(72 * 3600), "3d"),
        (.seconds(3653 * 86_400), "3653d"),
    ])
    func `writes the largest unit that leaves no rest, and reads it back`(duration: Duration, text: String) {
        #expect(DurationText.write(duration) == text)
        #expect(DurationText.read(text) == duration)
    }

    @Test(arguments: ["", "5", "s", "0s", "-1s", "1.5s", "12345678s", "1 s", "1S", "١s"])
    func `refuses what is no duration`(text: String) {
        #expect(DurationText.read(text) == nil)
    }
}
