// Asks a running naru for names as fast as it answers, from several sockets of which each has one question open.
//   dotnet run --project bench/dns -c Release -- ADDRESS:PORT PID [SECONDS] [SOCKETS] [NAME]
// Says how many answers came a second, how long they took, and how many naru gives for a second of processor time.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

var target = IPEndPoint.Parse(args[0]);
var process = Process.GetProcessById(int.Parse(args[1], CultureInfo.InvariantCulture));
var time = TimeSpan.FromSeconds(args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 10);
var sockets = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 16;
var name = args.Length > 4 ? args[4] : "kubernetes.default.svc.cluster.local";

Run(TimeSpan.FromSeconds(2), target, sockets, name);
process.Refresh();
var before = process.TotalProcessorTime;
var clock = Stopwatch.StartNew();
var latencies = Run(time, target, sockets, name);
var elapsed = clock.Elapsed;
process.Refresh();
var spent = process.TotalProcessorTime - before;
latencies.Sort();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{latencies.Count / elapsed.TotalSeconds:n0} answers/s, p50 {At(0.5):n2} ms, p99 {At(0.99):n2} ms, p99.9 {At(0.999):n2} ms; naru spent {spent.TotalSeconds / elapsed.TotalSeconds:p0} of a core: {latencies.Count / spent.TotalSeconds:n0} answers for a second of processor time"));

double At(double part) => latencies[(int)(latencies.Count * part)] * 1000.0 / Stopwatch.Frequency;

static List<long> Run(TimeSpan time, IPEndPoint target, int sockets, string name)
{
    var all = new List<long>();
    var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
    var threads = Enumerable.Range(0, sockets).Select(_ => new Thread(() =>
    {
        var mine = Ask(target, name, end);
        lock (all)
        {
            all.AddRange(mine);
        }
    })).ToList();
    threads.ForEach(static one => one.Start());
    threads.ForEach(static one => one.Join());
    return all;
}

static List<long> Ask(IPEndPoint target, string name, long end)
{
    using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 1000 };
    socket.Connect(target);
    byte[] question = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name.Split('.').SelectMany(static label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)), 0, 0, 1, 0, 1];
    var answer = new byte[1500];
    var latencies = new List<long>(1 << 16);
    for (ushort id = 0; Stopwatch.GetTimestamp() is var asked && asked < end; id++)
    {
        (question[0], question[1]) = ((byte)(id >> 8), (byte)id);
        socket.Send(question);
        try
        {
            if (socket.Receive(answer) > 12 && answer[0] == question[0] && answer[1] == question[1] && (answer[3] & 15) == 0)
            {
                latencies.Add(Stopwatch.GetTimestamp() - asked);
            }
        }
        catch (SocketException)
        {
            // Lost: it does not count as an answer.
        }
    }

    return latencies;
}
