using Naru.Linux.Notify;

namespace Naru.Linux.Tests.Notify;

public sealed class FileWatcherTests
{
    [Fact]
    public async Task Read_FileMovedIntoDirectory_TellsItsName()
    {
        var directory = Directory.CreateTempSubdirectory("naru-test-watch-");
        try
        {
            using var poller = new DescriptorPoller();
            using var watcher = new FileWatcher(poller);
            var watch = watcher.Add(directory.FullName, FileEventKinds.MovedInto);
            var temporary = Path.GetTempFileName();
            File.Move(temporary, Path.Combine(directory.FullName, "exit"));

            var events = new List<FileEvent>();
            await watcher.ReadAsync(events, TestContext.Current.CancellationToken);

            Assert.Equal([new FileEvent(watch, FileEventKinds.MovedInto, "exit")], events);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
