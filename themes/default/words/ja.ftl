# インターフェースのすべての言葉。独自のファイルには、変更するものだけを書きます。
# { $name } は値を表します。

language_name = 日本語

# すべてのページ
skip = 本文へ移動
menu = サイト
footer = このサイトについて
languages = 言語
breadcrumbs = 現在の位置
contact = お問い合わせ
feed = フィード
page_title = { $title } – { $site }

# ギャラリー
home = ホーム
galleries = ギャラリー
photos = 写真
photo_count = { $count ->
   *[other] 写真{ $count }枚
}
gallery_count = { $count ->
   *[other] ギャラリー{ $count }件
}
pages = このギャラリーのページ
page_of = { $title }、{ $number }ページ
page_number = { $number }ページ
previous_page = 前の写真
next_page = 次の写真
sections = セクション
open_until = { $date }まで公開
empty_site = ここにギャラリーが表示されます。
empty_gallery = まだ写真はありません。

# 写真
photo_of = 写真{ $number }（全{ $total }枚）、{ $gallery }
photo_number = 写真{ $number }（全{ $total }枚）
photo_navigation = このギャラリーのほかの写真
previous = 前へ
next = 次へ
all_photos = すべての写真
details = この写真について
taken = 撮影日
place = 場所
camera = カメラ
lens = レンズ
exposure = 露出
keywords = キーワード
creator = 撮影者
credit = クレジット
copyright = 著作権
licence = ライセンス

# ビューアー
viewer = 写真ビューアー
viewer_close = 閉じる
viewer_zoom_in = 拡大
viewer_zoom_out = 縮小
viewer_information = 情報
viewer_slideshow = スライドショー
viewer_pause = 一時停止
viewer_full_screen = 全画面表示
viewer_failed = この写真を読み込めませんでした。
share = 共有
share_gallery = このギャラリーを共有
copied = コピーしました
done = 完了

# お気に入り
favourites = お気に入り
favourite_add = 「{ $list }」に追加
favourite_remove = 「{ $list }」から削除
favourites_count = { $limit }枚中{ $count }枚
favourites_empty = まだ何もありません。写真のハートをタップしてください。
favourites_full = 「{ $list }」は、お約束の{ $limit }枚になりました。ほかの写真を追加するには、1枚削除してください。
favourites_local = お選びになった内容は、送信または消去されるまで、この端末にのみ保存されます。
favourites_list = リスト
favourites_clear = すべて消去
favourites_clear_ask = この端末から、選んだ写真とメモをすべて消去しますか？
favourites_note = この写真へのメモ
favourites_message = 撮影者へのメッセージ
favourites_name = お名前
favourites_send = 撮影者に送信
favourites_sent = 送信しました。ありがとうございます。
favourites_failed = 送信できませんでした。もう一度お試しいただくか、別の方法をお選びください。
favourites_mail = メール
favourites_file = ファイル
favourites_csv = 表（CSV）
favourites_names = ファイル名をコピー
favourites_link = 別の端末で続ける
favourites_link_text = 別の端末でこのリンクを開いてください。
favourites_receive = 別の端末で選んだ写真を追加しますか（{ $count }枚）？
favourites_subject = お気に入り：{ $gallery }
storage_off = このブラウザーには保存できないため、選択内容はページを閉じると失われます。

# ダウンロード
download = ダウンロード
download_photo = この写真をダウンロード
downloads = ダウンロード
download_part = { $total }個中{ $number }個目
download_favourites = お気に入りをダウンロード
download_batch = 保存（{ $count }枚）
download_waiting = { $total }枚中{ $number }枚目を取得中
download_failed = ダウンロードできませんでした：{ $file }
size_kilobytes = { $number } KB
size_megabytes = { $number } MB
size_gigabytes = { $number } GB

# 絞り込み
filter = 絞り込み
filter_keywords = キーワード
filter_dates = 日付
filter_all = すべて表示
filter_count = { $count ->
   *[other] 写真{ $count }枚
}
filter_none = 条件に合う写真はありません。

# コード、封印されたギャラリー、コード検索のページ
code = コード
code_checking = 確認しています…
code_symbol = コードに使われるのは英字と数字だけです。
code_length = コードは英数字16文字です（入力は{ $count }文字）。
code_check = コードに入力ミスがあります。お手元のコードと見比べてください。
unlock = ギャラリーを開く
unlock_text = お受け取りになったコードを入力してください。
unlock_text_password = お受け取りになったコードまたはパスワードを入力してください。
unlock_password = コードまたはパスワード
unlock_show = 表示
unlock_hide = 非表示
unlock_remember = この端末に記憶する
unlock_forget = この端末から消去する
unlock_opening = ギャラリーを開いています…
unlock_wrong = このコードではこのギャラリーを開けません。
unlock_wrong_password = このコードまたはパスワードではこのギャラリーを開けません。
unlock_outdated = このページは古くなっています。再読み込みして、もう一度お試しください。
unlock_updating = このギャラリーは更新中です。数分後にもう一度お試しください。
unlock_damaged = ファイルが壊れているため、ギャラリーを開けませんでした。
unlock_unkept = このブラウザーには記憶できませんでした。
unlock_unforgotten = このブラウザーから消去できませんでした。ブラウザーの設定でこのサイトのデータを削除してください。
unlock_saving = { $file }を準備中：{ $percent }
find = 検索
find_title = ギャラリーを探す
find_unknown = このコードのギャラリーはありません。
no_connection = 読み込めませんでした。接続を確認して、もう一度お試しください。
no_answer = サーバーが応答できませんでした。しばらくしてからもう一度お試しください。
needs_https = このページには安全な接続が必要です。先頭がhttpsのアドレスで開いてください。
needs_script = このページにはJavaScriptが必要です。ブラウザーの設定で有効にしてください。
needs_browser = このページを開始できませんでした。再読み込みするか、新しいブラウザーで開いてください。

# 文章のページ
contents = 目次
effective = { $date }より有効
versions = 以前の版

# 写真のないページ
not_found = ページが見つかりません
not_found_text = このページは存在しないか、なくなりました。
not_found_home = ギャラリーへ
private_title = プライベートギャラリー
closed = このリンクは無効です
closed_text = 取り消されたか、期限が過ぎています。
renewed = このリンクは更新されました
renewed_text = 新しいリンクをお送りしています。お手元にない場合はお問い合わせください。
ask = お問い合わせ先：{ $contact }

# 期間
year = { $year }年
span = { $first }～{ $last }
span_wide = { $first }～{ $last }
