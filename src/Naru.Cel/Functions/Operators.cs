using Naru.Cel.Runtime;

namespace Naru.Cel.Functions;

/// <summary>Operators of the language, but for those that decide what is evaluated.</summary>
internal static class Operators
{
    private static readonly CelError DurationOverflow = new("duration overflow");
    private static readonly CelError TimestampOverflow = new("timestamp overflow");

    public static void AddTo(FunctionBook book)
    {
        book.Add<bool>("!_(bool) bool", static one => !one);
        book.Add<long>("-_(int) int", static one => one == long.MinValue ? CelError.IntOverflow : -one);
        book.Add<double>("-_(double) double", static one => -one);
        foreach (var symbol in "+-*/%")
        {
            book.Add<long, long>($"_{symbol}_(int,int) int", (left, right) => Numbers.Whole(symbol, left, right));
            book.Add<ulong, ulong>($"_{symbol}_(uint,uint) uint", (left, right) => Numbers.Unsigned(symbol, left, right));
        }

        book.Add<double, double>("_+_(double,double) double", static (left, right) => left + right);
        book.Add<double, double>("_-_(double,double) double", static (left, right) => left - right);
        book.Add<double, double>("_*_(double,double) double", static (left, right) => left * right);
        book.Add<double, double>("_/_(double,double) double", static (left, right) => left / right);
        AddJoins(book);
        AddTimes(book);
        AddComparisons(book);
        AddIndexes(book);
    }

    private static void AddJoins(FunctionBook book)
    {
        book.Add("_+_(string,string) string", static (arguments, cost) =>
        {
            var (left, right) = ((string)arguments[0], (string)arguments[1]);
            cost.ChargeWalk((long)left.Length + right.Length);
            return left + right;
        });
        book.Add("_+_(bytes,bytes) bytes", static (arguments, cost) =>
        {
            var (left, right) = ((CelBytes)arguments[0], (CelBytes)arguments[1]);
            cost.ChargeWalk((long)left.Content.Length + right.Content.Length);
            return new CelBytes([.. left.Content, .. right.Content]);
        });
        book.Add("_+_(list(A),list(A)) list(A)", static (arguments, cost) => SetLists.Add((CelList)arguments[0], (CelList)arguments[1], cost));
    }

    private static void AddTimes(FunctionBook book)
    {
        book.Add<CelDuration, CelDuration>("_+_(duration,duration) duration", static (left, right) => Span((Int128)left.Nanoseconds + right.Nanoseconds));
        book.Add<CelDuration, CelDuration>("_-_(duration,duration) duration", static (left, right) => Span((Int128)left.Nanoseconds - right.Nanoseconds));
        book.Add<CelDuration>("-_(duration) duration", static one => Span(-(Int128)one.Nanoseconds));
        book.Add<CelTimestamp, CelDuration>("_+_(timestamp,duration) timestamp", static (left, right) => Shift(left, right.Nanoseconds));
        book.Add<CelDuration, CelTimestamp>("_+_(duration,timestamp) timestamp", static (left, right) => Shift(right, left.Nanoseconds));
        book.Add<CelTimestamp, CelDuration>("_-_(timestamp,duration) timestamp", static (left, right) => Shift(left, -(Int128)right.Nanoseconds));
        book.Add<CelTimestamp, CelTimestamp>("_-_(timestamp,timestamp) duration", static (left, right) =>
            Span(((Int128)left.Seconds - right.Seconds) * 1_000_000_000 + left.Nanoseconds - right.Nanoseconds));
    }

    private static void AddComparisons(FunctionBook book)
    {
        book.Add("_==_(A,A) bool", static (arguments, cost) => Equality.Equal(arguments[0], arguments[1], cost));
        book.Add("_!=_(A,A) bool", static (arguments, cost) => !Equality.Equal(arguments[0], arguments[1], cost));
        foreach (var (symbol, holds) in ((string, Func<int, bool>)[])[("<", static order => order < 0), ("<=", static order => order <= 0), (">", static order => order > 0), (">=", static order => order >= 0)])
        {
            foreach (var left in (string[])["int", "uint", "double"])
            {
                foreach (var right in (string[])["int", "uint", "double"])
                {
                    book.Add($"_{symbol}_({left},{right}) bool", (arguments, _) => Numbers.Compare(arguments[0], arguments[1]) is { } order && holds(order));
                }
            }

            foreach (var type in (string[])["bool", "string", "bytes", "timestamp", "duration"])
            {
                book.Add($"_{symbol}_({type},{type}) bool", (arguments, cost) => Equality.Compare(arguments[0], arguments[1], cost) is { } order && holds(order));
            }
        }
    }

    private static void AddIndexes(FunctionBook book)
    {
        book.Add("@in(A,list(A)) bool", static (arguments, cost) => Equality.Has((CelList)arguments[1], arguments[0], cost));
        book.Add<object, CelMap>("@in(A,map(A,B)) bool", static (key, map) => map.Find(key) is not null);
        book.Add<CelList, object>("_[_](list(A),int) A", At);
        book.Add<CelList, double>("_[_](list(A),double) A", static (list, index) => At(list, index));
        book.Add<CelList, ulong>("_[_](list(A),uint) A", static (list, index) => At(list, index));
        book.Add<CelMap, object>("_[_](map(A,B),A) B", static (map, key) => map.Find(key) ?? CelError.NoSuchKey(key));
    }

    /// <summary>An entry of a list, by a number of any type.</summary>
    public static object At(CelList list, object index)
    {
        var place = index switch
        {
            long number => number,
            ulong number => number > int.MaxValue ? -1 : (long)number,
            double number when Math.Floor(number).Equals(number) && Math.Abs(number) < int.MaxValue => (long)number,
            _ => -1,
        };
        return place >= 0 && place < list.Count ? list[(int)place] : new CelError($"index out of bounds: {CelText.Of(index)}");
    }

    private static object Span(Int128 nanoseconds) => nanoseconds < long.MinValue || nanoseconds > long.MaxValue ? DurationOverflow : new CelDuration((long)nanoseconds);

    private static object Shift(CelTimestamp time, Int128 nanoseconds)
    {
        var total = ((Int128)time.Seconds * 1_000_000_000) + time.Nanoseconds + nanoseconds;
        var rest = (int)(((total % 1_000_000_000) + 1_000_000_000) % 1_000_000_000);
        var moved = new CelTimestamp((long)((total - rest) / 1_000_000_000), rest);
        return moved.InRange ? moved : TimestampOverflow;
    }
}
